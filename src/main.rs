//! The `dutydesk` program: everything is in the library, so that tests reach it.

/// See the feature in Cargo.toml.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    dutydesk::cli::main(std::env::args_os().collect())
}
