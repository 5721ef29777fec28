//! Tasks for people and CI; `cargo xtask help` lists them.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task runner speaks to the person who started it"
)]

mod bench;
mod browser;
mod ci;
mod examples;
mod flags;
mod generate;
mod leak;
mod migrate;
mod mutants;
mod operate;
mod package;
mod postgres;
mod python;
mod shell;
mod test;
mod tidy;
mod tools;
mod workspace;

use std::process::ExitCode;

use flags::Task;

fn main() -> ExitCode {
    match flags::parse(std::env::args_os()).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    match task {
        Task::Help => {
            println!("{}\n\n{}", flags::HELP, operate::flags::HELP);
            Ok(())
        }
        Task::Test { arguments } => test::run(&arguments, test::Lanes::Here),
        Task::Ci => ci::run(),
        Task::Tidy => tidy::run(),
        Task::Examples => examples::run(),
        Task::Mutants(choice) => mutants::run(&choice),
        Task::Tools(listing) => tools::run(listing),
        Task::Generate(wanted) => generate::run(&wanted),
        Task::Bench(flags) => bench::run(&flags),
        Task::Migrate(flags) => migrate::run(&flags),
        Task::Operate(flags) => operate::run(&flags),
    }
}
