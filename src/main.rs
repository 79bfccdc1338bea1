//! The command line.
fn main() {
    let folder = std::env::args().nth(1).unwrap();
    let files = mizan::workspace::read_revision(std::path::Path::new(&folder)).unwrap();
    match mizan::policy::check(&folder, &files) {
        Ok((policy, _)) => {
            if let Some(request) = std::env::args().nth(2) {
                let source =
                    mizan::source::Source::new(request.clone(), std::fs::read_to_string(request).unwrap());
                match mizan::evaluation::request::read(&policy, &source) {
                    Ok(request) => {
                        let e = mizan::evaluation::evaluate(&policy, &request, request.submitted_at.date());
                        let x = mizan::evaluation::explain::Explanation::new(&policy, &request, &e);
                        println!("{}", x.text(mizan::value::Lang::Ar));
                        println!("{}", x.text(mizan::value::Lang::En));
                        println!("{}", x.tree(mizan::value::Lang::En));
                    }
                    Err(d) => println!(
                        "{}",
                        mizan::diag::render::report(
                            &d,
                            mizan::value::Lang::Ar,
                            mizan::diag::render::Style::Plain
                        )
                    ),
                }
                return;
            }
            let trials = mizan::evaluation::scenario::run(&policy);
            for t in &trials {
                if !t.differences.is_empty() {
                    println!("{}:", t.scenario.name);
                    for d in &t.differences {
                        println!("   {}", d.en);
                    }
                }
            }
            println!("{} of {}", trials.iter().filter(|t| t.differences.is_empty()).count(), trials.len());
        }
        Err(d) => println!(
            "{}",
            mizan::diag::render::report(&d, mizan::value::Lang::En, mizan::diag::render::Style::Plain)
        ),
    }
}
