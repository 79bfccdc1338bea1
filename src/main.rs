//! The command line of mizan.

use std::process::ExitCode;

fn main() -> ExitCode {
    mizan::cli::run(std::env::args_os())
}
