use super::{Digest, File, Sums};
use crate::source::Source;

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), bytes: text.as_bytes().to_vec() }
}

#[test]
fn a_digest_reads_as_it_is_written() {
    let digest = Digest::of("");
    assert_eq!(digest.to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
    assert_eq!(digest.short(), "e3b0 c442 98fc 1c14");
    for wrong in ["", "e3b0", &digest.to_string().to_uppercase(), &digest.to_string().replace('e', "é")] {
        assert_eq!(Digest::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn the_order_of_files_does_not_matter_and_every_byte_does() {
    let (one, two) = (file("a.toml", "x = 1\n"), file("scenarios/b.toml", "y = 2\n"));
    let sums = Sums::of([&one, &two]).unwrap();
    assert_eq!(sums, Sums::of([&two, &one, &file("SHA256SUMS", "anything")]).unwrap());
    for other in [file("a.toml", "x = 1"), file("A.toml", "x = 1\n"), file("a.toml", "x = 1\r\n")] {
        assert_ne!(sums.digest(), Sums::of([&other, &two]).unwrap().digest());
    }
    let found = Sums::of([&file("a.toml", "x = 2\n"), &file("c.toml", "")]).unwrap();
    let differs: Vec<String> = sums.compare(&found).into_iter().map(|difference| difference.path).collect();
    assert_eq!(differs, ["a.toml", "c.toml", "scenarios/b.toml"]);
    assert_eq!(sums.compare(&sums), []);
}

#[test]
fn names_stay_inside_the_folder_and_read_the_same_everywhere() {
    for wrong in ["../a", "a/../b", "/a", "a//b", ".a", "a b", "-a", "a\\b", "a\nb", "سياسة.toml", "a/.b", ""]
    {
        let problems = Sums::of([&file(wrong, "")]).unwrap_err();
        assert_eq!(problems.0[0].code.name(), "unsafe-name", "{wrong}");
        let listed = Source::new("SHA256SUMS", format!("{}  {wrong}\n", Digest::of("")));
        assert!(Sums::read(&listed).is_err(), "{wrong}");
    }
    assert!(Sums::of([&file("a.toml", ""), &file("A.toml", "")]).is_err());
}

#[test]
fn sums_are_read_only_as_they_are_written() {
    let text = Sums::of([&file("a", "1"), &file("b", "2")]).unwrap().text();
    let read = |text: &str| Sums::read(&Source::new("SHA256SUMS", text));
    assert_eq!(read(&text).unwrap().text(), text);
    let lines: Vec<&str> = text.lines().collect();
    for wrong in [
        format!("{}\n{}\n", lines[1], lines[0]),
        format!("{text}{}\n", lines[1]),
        text.trim_end().to_owned(),
        text.replace("  ", " *"),
        text.replace('\n', "\r\n"),
    ] {
        assert!(read(&wrong).is_err(), "{wrong}");
    }
}
