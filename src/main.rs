//! The command line.
fn main() {
    let folder = std::env::args().nth(1).unwrap();
    let files = mizan::workspace::read_revision(std::path::Path::new(&folder)).unwrap();
    match mizan::policy::check(&folder, &files) {
        Ok((policy, _)) => println!("{} {} rules {}", policy.id, policy.number, policy.rules.len()),
        Err(d) => println!(
            "{}",
            mizan::diag::render::report(&d, mizan::value::Lang::En, mizan::diag::render::Style::Plain)
        ),
    }
}
