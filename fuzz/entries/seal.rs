//! Any bytes as a PDF with seals; and as the envelope of a seal on a PDF that is in order, which bytes by chance would never come to.

use mizan::seal::{Trust, check};

/// Looks at both.
pub(super) fn run(bytes: &[u8]) {
    let nobody = Trust::default();
    if let Ok(found) = check(bytes, &nobody, &nobody) {
        for seal in &found.seals {
            assert!(!seal.is_known, "nobody is known");
            assert!(seal.added < bytes.len());
        }
    }
    let around = around(bytes);
    let found = check(&around, &nobody, &nobody).unwrap();
    assert_eq!(found.seals.len(), 1, "{}", String::from_utf8_lossy(&around));
    assert!(Trust::read([bytes]).count() < 1_000);
}

/// A small PDF with this envelope.
fn around(envelope: &[u8]) -> Vec<u8> {
    let digits: String = envelope.iter().map(|byte| format!("{byte:02x}")).collect();
    let head = "%PDF-1.7\n1 0 obj\n<</Type/Catalog/AcroForm<</Fields[2 0 R]>>>>\nendobj\n";
    let field = "2 0 obj\n<</FT/Sig/V 3 0 R>>\nendobj\n";
    let seal = "3 0 obj\n<</Type/Sig/SubFilter/ETSI.CAdES.detached/Contents";
    let start = head.len() + field.len() + seal.len();
    let after = start + digits.len() + 2;
    let table = |length: usize| {
        let rest = format!("/ByteRange[0 {start} {after} {length:05}]>>\nendobj\n");
        let place = after + rest.len();
        let places = [9, head.len(), head.len() + field.len()];
        let places: String = places.iter().map(|place| format!("{place:010} 00000 n \n")).collect();
        format!("{rest}xref\n1 3\n{places}trailer\n<</Root 1 0 R>>\nstartxref\n{place}\n%%EOF\n")
    };
    let rest = table(table(0).len());
    format!("{head}{field}{seal}<{digits}>{rest}").into_bytes()
}
