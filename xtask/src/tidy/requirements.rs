//! The pages whose rows name tests, against the tree: tests and mutants exist, what is open is told.

use std::collections::BTreeSet;

use super::Remark;
use crate::mutants::Patch;

/// The page of requirements, from the root.
const PAGE: &str = "docs/requirements.md";

/// All pages with such rows. An id stands on one of them only.
pub(super) const PAGES: [&str; 2] = [PAGE, "docs/parity.md"];

/// One requirement.
#[derive(Debug, PartialEq, Eq)]
struct Row<'a> {
    id: &'a str,
    says: &'a str,
    /// Names of functions, without their modules.
    tests: Vec<&'a str>,
    mutants: Vec<&'a str>,
    /// The steps that it, or a part of it, is left for; `untested` where it is only not shown.
    open: Vec<&'a str>,
}

/// The names of the functions that a Rust file defines, those of the contract suite's cases and of
/// property tests among them.
pub(super) fn functions(text: &str) -> impl Iterator<Item = String> + '_ {
    text.lines().filter_map(|line| {
        let code = line.split("//").next().unwrap_or_default();
        let (_, after) = code.split_once("fn ")?;
        let (name, _) = after.split_once(['(', '<'])?;
        let named = name.chars().all(|it| it.is_alphanumeric() || it == '_');
        (named && !name.is_empty()).then(|| name.to_owned())
    })
}

/// What does not hold of the pages, each with its name, and which MUSTs are open.
pub(super) fn check(
    pages: &[(&str, String)],
    functions: &BTreeSet<String>,
    patches: &[Patch],
) -> Vec<Remark> {
    let (mut remarks, mut rows) = (Vec::new(), Vec::<Row<'_>>::new());
    let lines = pages.iter().flat_map(|(page, text)| {
        let lines = text.lines().enumerate();
        lines.map(move |(index, line)| (format!("{page}:{}", index + 1), line))
    });
    for (place, line) in lines {
        match read(line) {
            None => {}
            Some(Err(wrong)) => remarks.push(Remark::error(place, wrong)),
            Some(Ok(row)) => {
                let mut wrong = check_row(&row, functions, patches);
                if rows.iter().any(|it| it.id == row.id) {
                    wrong.push(format!("{} stands twice", row.id));
                }
                remarks.extend(wrong.into_iter().map(|it| Remark::error(&place, it)));
                rows.push(row);
            }
        }
    }
    remarks.extend(patches.iter().flat_map(|patch| unnamed(patch, &rows)));
    remarks.extend(open_musts(&rows));
    remarks
}

/// A row of a table whose first cell is an id such as `A1`; other lines are none of ours.
fn read(line: &str) -> Option<Result<Row<'_>, &'static str>> {
    let line = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let id = *cells.first()?;
    let letters = id.trim_end_matches(|it: char| it.is_ascii_digit());
    let is_id = !letters.is_empty()
        && letters.len() < id.len()
        && letters.bytes().all(|it| it.is_ascii_uppercase());
    if !is_id {
        return None;
    }
    let [_, says, test, mutant] = cells[..] else {
        return Some(Err("a row is: id, says, test, mutant"));
    };
    Some(Ok(Row {
        id,
        says,
        tests: names(test).collect(),
        mutants: names(mutant).collect(),
        open: open(test),
    }))
}

/// What stands between backticks, without the modules before a name.
fn names(cell: &str) -> impl Iterator<Item = &str> {
    let quoted = cell.split('`').skip(1).step_by(2);
    quoted.map(|name| name.rsplit("::").next().unwrap_or(name))
}

fn open(cell: &str) -> Vec<&str> {
    let steps = cell.split("open (").skip(1);
    let mut open: Vec<&str> = steps
        .filter_map(|rest| rest.split_once(')').map(|(step, _)| step))
        .collect();
    if cell.contains("untested") {
        open.push("untested");
    }
    open
}

fn check_row(row: &Row<'_>, functions: &BTreeSet<String>, patches: &[Patch]) -> Vec<String> {
    let mut wrong = Vec::new();
    if row.tests.is_empty() && row.open.is_empty() {
        wrong.push(format!("{} has no test and is not said to be open", row.id));
    }
    let unknown = row.tests.iter().filter(|test| !functions.contains(**test));
    wrong.extend(unknown.map(|test| format!("there is no test `{test}`")));
    for name in &row.mutants {
        let Some(patch) = patches.iter().find(|patch| patch.name == *name) else {
            wrong.push(format!("there is no mutants/{name}.patch"));
            continue;
        };
        let test = patch.test.rsplit("::").next().unwrap_or_default();
        if !row.tests.contains(&test) {
            wrong.push(format!(
                "`{name}` makes `{test}` fail, which {} does not name",
                row.id
            ));
        }
    }
    wrong
}

/// What the page does not say of a patch.
fn unnamed(patch: &Patch, rows: &[Row<'_>]) -> Vec<Remark> {
    let mut wrong = Vec::new();
    if !rows.iter().any(|row| row.mutants.contains(&&*patch.name)) {
        wrong.push("no row names this mutant".to_owned());
    }
    let unknown = patch
        .requirements
        .iter()
        .filter(|id| !rows.iter().any(|row| row.id == id.as_str()));
    wrong.extend(unknown.map(|id| format!("{id} has no row")));
    let place = format!("mutants/{}.patch", patch.name);
    wrong
        .into_iter()
        .map(|it| Remark::error(&place, format!("{it} in {PAGE}")))
        .collect()
}

/// One line for all: open is not wrong, but nobody is to overlook it.
fn open_musts(rows: &[Row<'_>]) -> Option<Remark> {
    let musts = rows
        .iter()
        .filter(|row| row.says.contains("MUST") && !row.open.is_empty());
    let open: Vec<String> = musts
        .map(|row| {
            let part = if row.tests.is_empty() {
                ""
            } else {
                "in part: "
            };
            format!("{} ({part}{})", row.id, row.open.join(", "))
        })
        .collect();
    (!open.is_empty()).then(|| Remark::warning(PAGE, format!("open MUSTs: {}", open.join(", "))))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const SOURCE: &str = "\
        #[test]\nfn it_holds() {\n}\n\
        pub async fn a_case(fixture: &Fixture) {\n\
        proptest! {\n    #[test]\n    fn any_input_passes(text in \".*\") {\n\
        // fn said_only() is not there\n\
        let f: fn (u8) = g;\nsay(\"fn is said (here)\");\n";

    fn patch(name: &str, requirements: &str, test: &str) -> Patch {
        let head = format!("# requirement: {requirements}\n# test: {test} -p x\n# what: it\n");
        Patch::parse(Path::new(&format!("{name}.patch")), &head).unwrap()
    }

    /// What is told of a page with these rows.
    fn told(rows: &str, patches: &[Patch]) -> Vec<String> {
        let page =
            format!("# Requirements\n\n| id | says | test | mutant |\n|---|---|---|---|\n{rows}\n");
        let functions = functions(SOURCE).collect();
        let remarks = check(&[(PAGE, page)], &functions, patches).into_iter();
        remarks
            .map(|it| {
                let weight = if it.is_warning { "note " } else { "" };
                format!("{weight}{}: {}", it.place, it.text)
            })
            .collect()
    }

    #[test]
    fn functions_are_found_by_their_names() {
        let found: Vec<String> = functions(SOURCE).collect();
        assert_eq!(found, ["it_holds", "a_case", "any_input_passes"]);
        for generic in ["    fn generic<T: Into<u8>>(it: T) {}", "async fn generic<"] {
            assert_eq!(functions(generic).collect::<Vec<_>>(), ["generic"]);
        }
    }

    #[test]
    fn a_page_that_the_tree_bears_out_gets_no_remark() {
        let patches = [patch("broken", "D1, INV4", "m::it_holds")];
        let rows = "| D1 | MUST: x | `m::it_holds`, `a_case` | `broken` |\n\
                    | INV4 | MUST: y | `m::it_holds` | `broken` |\n\
                    | E6 | SHOULD: z | open (step 7) | - |\n\
                    | none | of | ours | - |";
        assert_eq!(told(rows, &patches), Vec::<String>::new());
    }

    #[test]
    fn what_does_not_exist_is_told_with_its_line() {
        let rows = "| D1 | MUST: x | `m::it_held`, `m::it_holds` | `gone` |";
        assert_eq!(
            told(rows, &[]),
            [
                "docs/requirements.md:5: there is no test `it_held`",
                "docs/requirements.md:5: there is no mutants/gone.patch",
            ]
        );
    }

    #[test]
    fn a_mutant_stands_beside_the_test_that_notices_it() {
        let patches = [patch("broken", "D1", "m::it_holds")];
        assert_eq!(
            told("| D1 | MUST: x | `a_case` | `broken` |", &patches),
            ["docs/requirements.md:5: `broken` makes `it_holds` fail, which D1 does not name"]
        );
    }

    #[test]
    fn a_patch_that_the_page_leaves_out_is_told() {
        let patches = [patch("broken", "D1, A4", "m::it_holds")];
        assert_eq!(
            told("| D1 | MUST: x | `it_holds` | - |", &patches),
            [
                "mutants/broken.patch: no row names this mutant in docs/requirements.md",
                "mutants/broken.patch: A4 has no row in docs/requirements.md",
            ]
        );
    }

    #[test]
    fn a_row_that_says_nothing_or_has_another_shape_is_told() {
        let rows = "| D1 | MUST: x | - | - |\n| D2 | MUST: x | `it_holds` |";
        assert_eq!(
            told(rows, &[]),
            [
                "docs/requirements.md:5: D1 has no test and is not said to be open",
                "docs/requirements.md:6: a row is: id, says, test, mutant",
            ]
        );
    }

    #[test]
    fn an_id_that_stands_twice_is_told() {
        let row = "| D1 | MUST: x | `it_holds` | - |";
        assert_eq!(
            told(&format!("{row}\n{row}"), &[]),
            ["docs/requirements.md:6: D1 stands twice"]
        );
    }

    #[test]
    fn open_musts_are_noted_in_one_line_and_open_shoulds_are_not() {
        let rows = "| A4 | MUST: x | `it_holds`; the job: open (step 6) | - |\n\
                    | A7 | SHOULD: x | open (step 6) | - |\n\
                    | B14 | MUST NOT: x | untested | - |\n\
                    | F5 | MUST: x | open (step 8) | - |";
        assert_eq!(
            told(rows, &[]),
            ["note docs/requirements.md: open MUSTs: \
              A4 (in part: step 6), B14 (untested), F5 (step 8)"]
        );
    }
}
