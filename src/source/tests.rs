use super::{Value, read_json, read_toml};

/// Depth is what a hostile file can be made of with few bytes: it is a problem in words, not the end of the program.
#[test]
fn deep_files_are_refused() {
    let many = |unit: &str, count: usize| unit.repeat(count);
    for text in [
        format!("a = {}1{}", many("[", 50_000), many("]", 50_000)),
        format!("a = {}", many("{a = ", 50_000)),
        format!("{}a = 1", many("a.", 50_000)),
        format!("[{}a]", many("a.", 50_000)),
        format!("[[{}a]]", many("a.", 50_000)),
        (0..5_000).map(|n| format!("[a{}]\n", ".a".repeat(n % 50))).collect::<String>(),
        many("[a", 50_000),
        format!("a = {}1{}", many(&format!("{{{}a = ", many("a.", 70)), 70), many("}", 70)),
        many("a = \"", 50_000),
    ] {
        let start: String = text.chars().take(20).collect();
        let (_, errors) = read_toml(&text);
        assert!(!errors.is_empty(), "{start}");
    }
    for text in [many("[", 50_000), many("{\"a\":", 50_000), format!("{}{}", many("[", 33), many("]", 33))] {
        let start: String = text.chars().take(20).collect();
        assert!(read_json(&text).is_err(), "{start}");
    }
}

#[test]
fn a_key_is_written_once() {
    assert!(!read_toml("a = 1\na = 2").1.is_empty());
    let text = r#"{ "a": 1, "b": { "c": 1, "c": 2 } }"#;
    let error = read_json(text).unwrap_err();
    assert_eq!(
        (text.get(error.range), error.message.as_str()),
        (Some("\"c\""), "the key `c` is written twice")
    );
}

#[test]
fn values_keep_what_was_written() {
    let (node, errors) =
        read_toml("a = 0x10\nb = 4_800.030\nc = 2026-12-06\nd = 0xffff_ffff_ffff_ffff_ffff\ne = inf");
    assert_eq!(errors, []);
    let value = |name: &str| node.get(name).map(|node| &node.value);
    assert_eq!(value("a"), Some(&Value::Number("16".into())));
    assert_eq!(value("b"), Some(&Value::Number("4800.030".into())));
    assert_eq!(value("c"), Some(&Value::Date("2026-12-06".into())));
    assert_eq!(value("e"), Some(&Value::Number("inf".into())));
    assert_eq!(value("d"), Some(&Value::Number("0xffffffffffffffffffff".into())));
}
