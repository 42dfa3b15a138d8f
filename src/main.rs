//! The `dutydesk` program: everything is in the library, so that tests reach it.

fn main() -> std::process::ExitCode {
    dutydesk::cli::main(std::env::args_os().collect())
}
