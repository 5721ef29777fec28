//! All tools as a model gets them, and what they cost. `cargo xtask tools` runs this.
//!
//! ```text
//! cargo run --example catalogue                # a table
//! cargo run --example catalogue -- --json      # everything, for programs
//! cargo run --example catalogue -- --sizes     # characters of the core tools and of all
//! cargo run --example catalogue -- --markdown  # docs/tools.md
//! ```

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::sync::Arc;

use anyhow::bail;
use serde_json::{Value, json};
use toolgate_examples::toolkits;
use toolgate_toolkit::Tool;

/// A tool, and its toolkit's name.
type Listed = (&'static str, Arc<dyn Tool>);

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let tools = listed()?;
    match words[..] {
        [] => table(&tools),
        ["--json"] => println!("{:#}", tools.iter().map(whole).collect::<Value>()),
        ["--sizes"] => sizes(&tools),
        ["--markdown"] => markdown(&tools),
        _ => bail!("catalogue knows --json, --sizes and --markdown"),
    }
    Ok(())
}

fn listed() -> anyhow::Result<Vec<Listed>> {
    let mut all = Vec::new();
    for toolkit in toolkits()? {
        let name = toolkit.name();
        all.extend(toolkit.tools().into_iter().map(|tool| (name, tool)));
    }
    Ok(all)
}

fn whole((toolkit, tool): &Listed) -> Value {
    let spec = tool.spec();
    json!({
        "name": spec.name,
        "description": spec.description,
        "toolkit": toolkit,
        "risk": spec.risk.as_str(),
        "core": spec.core,
        "methods": spec.requirement.methods().collect::<Vec<_>>(),
        "scopes": spec.requirement.least_scopes().to_vec(),
        "input_schema": spec.input_schema,
    })
}

fn table(tools: &[Listed]) {
    println!(
        "{:<8} {:<26} {:<9} {:<5} {:>5}",
        "toolkit", "tool", "risk", "core", "chars"
    );
    for (toolkit, tool) in tools {
        let spec = tool.spec();
        let (risk, core) = (spec.risk.as_str(), if spec.core { "core" } else { "" });
        let size = spec.model_size();
        println!(
            "{toolkit:<8} {:<26} {risk:<9} {core:<5} {size:>5}",
            spec.name
        );
    }
}

/// Characters of compact JSON: what a model pays for on every turn.
fn sizes(tools: &[Listed]) {
    let of = |chosen: &[&Listed]| {
        let sizes = chosen.iter().map(|(_, tool)| tool.spec().model_size());
        (
            chosen.len(),
            sizes.clone().sum::<usize>(),
            sizes.max().unwrap_or(0),
        )
    };
    let core: Vec<&Listed> = tools.iter().filter(|(_, tool)| tool.spec().core).collect();
    let all: Vec<&Listed> = tools.iter().collect();
    for (name, chosen) in [("core", core), ("all", all)] {
        let (count, sum, most) = of(&chosen);
        let mean = sum.checked_div(count).unwrap_or(0);
        println!("{name}: {count} tools, {sum} characters, {mean} on average, {most} at most");
    }
}

fn markdown(tools: &[Listed]) {
    println!(
        "# Tools\n\nMade by `cargo xtask tools --write`; `cargo xtask ci` fails when it is stale."
    );
    let mut current = "";
    for (toolkit, tool) in tools {
        let spec = tool.spec();
        if *toolkit != current {
            current = toolkit;
            println!(
                "\n## {toolkit}\n\n| tool | risk | core | what it does | arguments |\n|---|---|---|---|---|"
            );
        }
        let (risk, core) = (spec.risk.as_str(), if spec.core { "yes" } else { "" });
        let does = spec.description.replace('\n', " ").replace('|', "\\|");
        println!(
            "| `{}` | {risk} | {core} | {does} | {} |",
            spec.name,
            arguments(&spec.input_schema)
        );
    }
}

/// The names of the arguments, the required ones in bold; sorted, since JSON members may come in any order.
fn arguments(schema: &Value) -> String {
    let required = schema["required"].as_array();
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|it| it == name));
    let members = schema["properties"].as_object();
    let mut names: Vec<&String> = members.into_iter().flat_map(|it| it.keys()).collect();
    names.sort_unstable();
    let shown = names.into_iter().map(|name| {
        if is_required(name) {
            format!("**{name}**")
        } else {
            name.clone()
        }
    });
    shown.collect::<Vec<_>>().join(", ")
}
