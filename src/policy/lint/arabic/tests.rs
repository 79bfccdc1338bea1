use super::Words;

#[test]
fn words_are_found_whatever_their_vowels_hamza_and_particles() {
    let text = "والردُّ عليه بشأن قبولِه أو رفضه خلال مدةٍ لا تقلُّ عن أسبوعين";
    let words = Words::of(text);
    for (pattern, found) in [
        ("الرد عليه", Some("والردُّ عليه")),
        ("لا تقل عن", Some("لا تقلُّ عن")),
        ("خلال … لا تقل|يقل", Some("خلال مدةٍ لا تقلُّ")),
        ("قبول* أو رفض*", Some("قبولِه أو رفضه")),
        ("اسبوع*", Some("أسبوعين")),
        ("لا تزيد", None),
    ] {
        assert_eq!(words.find(pattern).and_then(|range| text.get(range)), found, "{pattern}");
    }
    assert!(Words::of("سيرفع للجنة البحث").has("لجنة البحث"));
    assert!(Words::of("لمسئول البحث").has("مسؤول"));
}
