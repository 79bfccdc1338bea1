//! Seals, held against two programs that are not ours: poppler's pdfsig and pyHanko; and every byte of a sealed file, changed.

#![expect(clippy::expect_used, reason = "a test says what to run first")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use mizan::seal::{
    Flaw, Key, KeyError, NewKey, Occasion, SealError, StampError, Trust, Unreadable, Validity, check,
    new_key, seal,
};
use mizan::typeset::{Fonts, Typesetter};
use mizan::value::Text;

use crate::claims;
use crate::typeset::made_at;

const PASSPHRASE: &str = "a passphrase for tests";

fn day(year: i32, month: u32, day: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(year, month, day).unwrap().and_hms_opt(0, 0, 0).unwrap()
}

/// A key as a small office makes it.
fn made(name: &str, from: NaiveDateTime, until: NaiveDateTime) -> NewKey {
    new_key(&Text::new("جمعية الاختبار", name), from, until, PASSPHRASE).unwrap()
}

fn opened(new: &NewKey) -> Key {
    Key::read(new.key.as_bytes(), Some(new.certificate.as_bytes()), Some(PASSPHRASE)).unwrap()
}

static MADE: LazyLock<NewKey> = LazyLock::new(|| made("Test", day(2020, 1, 1), day(2046, 1, 1)));
static KEY: LazyLock<Key> = LazyLock::new(|| opened(&MADE));
static TRUST: LazyLock<Trust> = LazyLock::new(|| Trust::read([MADE.certificate.as_bytes()]));

fn occasion() -> Occasion {
    Occasion {
        at: made_at(), name: "جمعية".to_owned(), reason: "إثبات صدور الخطاب".to_owned()
    }
}

/// A small letter, sealed or not.
static LETTER: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let letter = fs::read_to_string("tests/fixtures/letters/decline.ar.json").unwrap();
    let typesetter = Typesetter::new(Fonts::new(vec![]).unwrap(), crate::typeset::templates()).unwrap();
    typesetter.set(&serde_json::from_str(&letter).unwrap(), made_at()).unwrap().pdf().unwrap()
});
static SEALED: LazyLock<Vec<u8>> = LazyLock::new(|| seal(&LETTER, &KEY, &occasion(), None).unwrap());

/// A folder for this test alone, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("mizan-seal-{}-{number}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).unwrap()
    }

    /// Runs OpenSSL in this folder.
    fn openssl(&self, arguments: &str) {
        let output = Command::new("openssl").args(arguments.split(' ')).current_dir(&self.0).output();
        let output = output.expect("openssl is missing: run `scripts/setup --tests` first");
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What pyHanko says of each file.
fn pyhanko(trusted: &Path, files: &[PathBuf]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(root.join("target/venv/bin/python"))
        .arg(root.join("tests/it/seals.py"))
        .arg(trusted)
        .args(files)
        .output();
    let output = output.expect("pyHanko is missing: run `scripts/setup --tests` first");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// What pdfsig says of a file.
fn pdfsig(file: &Path) -> String {
    let output = Command::new("pdfsig").arg("-nocert").arg(file).output();
    let output = output.expect("pdfsig is missing: run `scripts/setup --tests` first");
    String::from_utf8(output.stdout).unwrap()
}

/// Both accept the seal on each file: whole, the key's own, covering the document.
fn accepted(trusted: &Path, files: &[PathBuf], dated: &str) {
    let wanted: Vec<String> = (files.iter())
        .map(|file| {
            let path = file.display();
            format!("{path}\tintact\tvalid\ttrusted\tentire_file\t/ETSI.CAdES.detached\t{dated}")
        })
        .collect();
    assert_eq!(pyhanko(trusted, files), wanted);
    for file in files {
        let said = pdfsig(file);
        for wanted in ["Signature is Valid.", "Total document signed", "ETSI.CAdES.detached"] {
            assert!(said.contains(wanted), "{}: no `{wanted}`:\n{said}", file.display());
        }
    }
}

/// Seals each of these letters; both programs accept every seal, and what the files claim to be they still are.
pub(crate) fn stand(files: &[PathBuf], archive: &str) {
    let folder = Folder::new("stand");
    let trusted = folder.write("seal.pem", &MADE.certificate);
    let sealed = files.iter().map(|file| {
        let before = fs::read(file).unwrap();
        let sealed = seal(&before, &KEY, &occasion(), None).unwrap();
        assert!(sealed.starts_with(&before), "a byte before the seal was touched");
        let found = check(&sealed, &TRUST, &Trust::default()).unwrap();
        assert!(found.seals[0].is_intact() && found.seals[0].is_known, "{found:?}");
        folder.write(file.file_name().unwrap().to_str().unwrap(), sealed)
    });
    let sealed: Vec<PathBuf> = sealed.collect();
    accepted(&trusted, &sealed, "undated");
    claims::hold(&sealed, archive);
}

#[test]
fn a_seal_says_whose_it_is_and_when_it_was_set() {
    let found = check(&SEALED, &TRUST, &Trust::default()).unwrap();
    let [seal] = &found.seals[..] else { panic!("{found:?}") };
    assert!(seal.is_intact() && seal.is_known);
    assert_eq!((seal.claimed_at, seal.at()), (Some(made_at()), Some(made_at())));
    assert_eq!(seal.stamp, None);
    assert_eq!(seal.reason.as_deref(), Some("إثبات صدور الخطاب"));
    assert_eq!(seal.validity(), Validity::Valid);
    let by = seal.by.as_ref().unwrap();
    assert_eq!((&by.subject[..], &by.issuer[..]), ("جمعية الاختبار · Test", "جمعية الاختبار · Test"));
    assert_eq!((by.from, by.until, by.is_self_signed), (day(2020, 1, 1), day(2046, 1, 1), true));
    assert_eq!(KEY.holder(), by.subject);
    // What travels in the letter can still be taken out.
    assert_eq!(found.attachments, check(&LETTER, &TRUST, &Trust::default()).unwrap().attachments);
    assert_eq!(found.attachments.len(), 1);
}

#[test]
fn the_same_letter_sealed_again_is_the_same_bytes() {
    assert!(*SEALED == seal(&LETTER, &KEY, &occasion(), None).unwrap());
    let later = Occasion { at: made_at() + TimeDelta::seconds(1), ..occasion() };
    assert!(*SEALED != seal(&LETTER, &KEY, &later, None).unwrap());
    assert_eq!(seal(&SEALED, &KEY, &occasion(), None), Err(SealError::AlreadySealed));
    assert_eq!(seal(b"%PDF-1.7\n", &KEY, &occasion(), None), Err(SealError::NotOurs));
    assert_eq!(seal(b"", &KEY, &occasion(), None), Err(SealError::NotOurs));
}

/// As small as a PDF can be.
fn small() -> Vec<u8> {
    let mut pdf = "%PDF-1.7\n".to_owned();
    let mut table = "xref\n0 4\n0000000000 65535 f \n".to_owned();
    for (number, body) in [
        (1, "/Type/Catalog/Pages 2 0 R"),
        (2, "/Type/Pages/Count 1/Kids[3 0 R]"),
        (3, "/Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]"),
    ] {
        table += &format!("{:010} 00000 n \n", pdf.len());
        pdf += &format!("{number} 0 obj\n<<{body}>>\nendobj\n");
    }
    let place = pdf.len();
    format!("{pdf}{table}trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{place}\n%%EOF\n").into_bytes()
}

/// Is anything said against these bytes?
fn is_refused(bytes: &[u8]) -> bool {
    match check(bytes, &TRUST, &Trust::default()) {
        Ok(found) => !matches!(&found.seals[..], [seal] if seal.is_intact() && seal.is_known),
        Err(Unreadable::NotPdf | Unreadable::Foreign) => true,
    }
}

#[test]
fn one_changed_byte_anywhere_is_reported() {
    assert!(!is_refused(&SEALED));
    // Of a letter a sample; of a small file every byte.
    let small = seal(&small(), &KEY, &occasion(), None).unwrap();
    assert!(!is_refused(&small));
    for (file, step) in [(&*SEALED, 97), (&small, 1)] {
        let mut changed = file.clone();
        for place in (0..file.len()).step_by(step) {
            let bit = [0x01, 0x20, 0x80][place % 3];
            changed[place] ^= bit;
            assert!(is_refused(&changed), "byte {place} of {} changed by {bit}", changed.len());
            changed[place] ^= bit;
        }
    }
    for place in (0..SEALED.len()).step_by(977) {
        assert!(is_refused(&SEALED[..place]), "cut at {place}");
        let mut longer = SEALED.clone();
        longer.insert(place, b' ');
        assert!(is_refused(&longer), "a space at {place}");
    }
    for more in [&b"\n"[..], b" ", b"%%EOF\n", b"\0"] {
        assert!(is_refused(&[&SEALED, more].concat()), "{more:?} added");
    }
}

#[test]
fn what_is_wrong_is_told_apart() {
    let seal_of =
        |bytes: &[u8], trust: &Trust| check(bytes, trust, &Trust::default()).unwrap().seals[0].clone();
    // A word of the letter.
    let mut altered = SEALED.clone();
    altered[LETTER.len() / 2] ^= 1;
    assert_eq!(seal_of(&altered, &TRUST).flaw, Some(Flaw::Content));
    // Something behind the seal.
    let longer = [&SEALED[..], b"% more\n"].concat();
    let found = seal_of(&longer, &TRUST);
    assert_eq!((found.flaw, found.added, found.is_intact()), (None, 7, false));
    // A key of the same name that somebody else made.
    let other = made("Test", day(2020, 1, 1), day(2046, 1, 1));
    let foreign = seal(&LETTER, &opened(&other), &occasion(), None).unwrap();
    let found = seal_of(&foreign, &TRUST);
    assert!(found.is_intact() && !found.is_known);
    assert!(!is_refused(&SEALED) && is_refused(&foreign));
    // The envelope of one letter in the place of another's.
    let letter = [&LETTER[..], b"\n\n"].concat();
    let another = seal(&letter, &KEY, &occasion(), None).unwrap();
    let contents = |bytes: &[u8]| {
        let start = bytes.windows(11).rposition(|window| window == b"/Contents<3").unwrap() + 10;
        start..start + bytes[start..].iter().position(|byte| *byte == b'>').unwrap()
    };
    let mut swapped = SEALED.clone();
    swapped[contents(&SEALED)].copy_from_slice(&another[contents(&another)]);
    assert_eq!(seal_of(&swapped, &TRUST).flaw, Some(Flaw::Content));
    // Days.
    for (from, until, wanted) in [
        (day(2020, 1, 1), day(2026, 12, 1), Validity::Expired),
        (day(2027, 1, 1), day(2030, 1, 1), Validity::NotYet),
        (day(2026, 12, 29), day(2026, 12, 30), Validity::Valid),
    ] {
        let new = made("Test", from, until);
        let sealed = seal(&LETTER, &opened(&new), &occasion(), None).unwrap();
        let found = seal_of(&sealed, &Trust::read([new.certificate.as_bytes()]));
        assert!(found.is_intact() && found.is_known);
        assert_eq!(found.validity(), wanted);
    }
    // So broken that no seal is left: whatever is turned, it is not said that there never was one.
    let start = SEALED.len() - contents(&SEALED).len() - 900;
    for place in (start..contents(&SEALED).start + 90).step_by(7) {
        let mut broken = SEALED.clone();
        broken[place] ^= 1;
        if let Ok(found) = check(&broken, &TRUST, &Trust::default()) {
            assert!(found.seals[0].flaw.is_some(), "byte {place}");
        }
    }
    // No seal at all, and no PDF at all.
    assert_eq!(check(&LETTER, &TRUST, &Trust::default()).unwrap().seals, []);
    assert_eq!(check(b"Dear", &TRUST, &Trust::default()), Err(Unreadable::NotPdf));
    assert_eq!(check(b"%PDF-1.7\n", &TRUST, &Trust::default()), Err(Unreadable::Foreign));
}

#[test]
fn other_programs_report_a_changed_byte_as_well() {
    let folder = Folder::new("changed");
    let trusted = folder.write("seal.pem", &MADE.certificate);
    let mut altered = SEALED.clone();
    altered[LETTER.len() / 2] ^= 1;
    let altered = folder.write("altered.pdf", altered);
    assert!(pdfsig(&altered).contains("Digest Mismatch"));
    assert!(pyhanko(&trusted, &[altered])[0].contains("\taltered\t"));
    let longer = folder.write("longer.pdf", [&SEALED[..], b"% more\n"].concat());
    assert!(!pdfsig(&longer).contains("Total document signed"));
}

/// Keys as authorities hand them out, made by OpenSSL: an authority, one that it certified, and ours that this one certified.
fn keys_of_an_authority(folder: &Folder) {
    for (name, kind) in [("rsa", "rsa:2048"), ("ec", "ec")] {
        let kind =
            if kind == "ec" { "ec -pkeyopt ec_paramgen_curve:P-256".to_owned() } else { kind.to_owned() };
        let mut by = "root".to_owned();
        folder.openssl(&format!(
            "req -x509 -newkey {kind} -nodes -keyout root-{name}.key -out root-{name}.pem -days 3650 -subj /O=Root/CN=Root"
        ));
        for (who, usage) in [
            ("middle", "CA:TRUE\nkeyUsage=critical,keyCertSign"),
            ("own", "CA:FALSE\nkeyUsage=critical,nonRepudiation"),
        ] {
            folder.openssl(&format!(
                "req -new -newkey {kind} -nodes -keyout {who}-{name}.key -out {who}.csr -subj /O={who}/CN={who}"
            ));
            folder.write("ext", format!("basicConstraints=critical,{usage}\n"));
            folder.openssl(&format!(
                "x509 -req -in {who}.csr -CA {by}-{name}.pem -CAkey {by}-{name}.key -CAcreateserial -days 3650 -extfile ext -out {who}-{name}.pem"
            ));
            by = who.to_owned();
        }
    }
}

/// The clock of OpenSSL, which these certificates begin at.
#[expect(clippy::disallowed_methods, reason = "certificates that another program makes are valid from now")]
fn now() -> NaiveDateTime {
    (chrono::Utc::now() + TimeDelta::hours(3)).naive_utc()
}

#[test]
fn keys_of_an_authority_are_read_in_every_usual_form() {
    let folder = Folder::new("keys");
    keys_of_an_authority(&folder);
    for name in ["rsa", "ec"] {
        let chain =
            [folder.read(&format!("own-{name}.pem")), folder.read(&format!("middle-{name}.pem"))].concat();
        folder.write("chain.pem", &chain);
        folder.openssl(&format!("pkcs8 -topk8 -in own-{name}.key -out pbkdf2.key -passout pass:secret"));
        folder.openssl(&format!(
            "pkcs8 -topk8 -scrypt -in own-{name}.key -out scrypt.key -passout pass:secret"
        ));
        folder.openssl(&format!("{name} -in own-{name}.key -out old.key"));
        let p12 = format!("pkcs12 -export -in chain.pem -inkey own-{name}.key -passout pass:secret");
        folder.openssl(&format!("{p12} -out new.p12"));
        folder.openssl(&format!(
            "{p12} -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 -out old.p12"
        ));
        folder.write("together.pem", [folder.read(&format!("own-{name}.key")), chain.clone()].concat());

        let trust = Trust::read([folder.read(&format!("root-{name}.pem")).as_slice()]);
        let occasion = Occasion { at: now(), ..occasion() };
        let plain = folder.read(&format!("own-{name}.key"));
        for (what, file, beside, passphrase) in [
            ("plain", plain, Some(&chain), None),
            ("pbkdf2", folder.read("pbkdf2.key"), Some(&chain), Some("secret")),
            ("scrypt", folder.read("scrypt.key"), Some(&chain), Some("secret")),
            ("old", folder.read("old.key"), Some(&chain), None),
            ("together", folder.read("together.pem"), None, None),
            ("new.p12", folder.read("new.p12"), None, Some("secret")),
            ("old.p12", folder.read("old.p12"), None, Some("secret")),
        ] {
            assert_eq!(Key::is_encrypted(&file), passphrase.is_some(), "{what}");
            let key = Key::read(&file, beside.map(Vec::as_slice), passphrase).unwrap();
            let sealed = seal(&LETTER, &key, &occasion, None).unwrap();
            let found = check(&sealed, &trust, &Trust::default()).unwrap();
            assert!(found.seals[0].is_intact() && found.seals[0].is_known, "{name} {what}: {found:?}");
            assert_eq!(found.seals[0].by.as_ref().unwrap().issuer, "middle");
            let sealed = folder.write(&format!("{name}-{what}.pdf"), sealed);
            if what == "new.p12" {
                accepted(&folder.0.join(format!("root-{name}.pem")), &[sealed], "undated");
            }
            if passphrase.is_some() {
                let error = |passphrase| Key::read(&file, beside.map(Vec::as_slice), passphrase).unwrap_err();
                assert_eq!(error(None), KeyError::Encrypted, "{what}");
                assert_eq!(error(Some("another")), KeyError::Passphrase, "{what}");
            }
        }
        let plain = folder.read(&format!("own-{name}.key"));
        let error = |beside: &[u8]| Key::read(&plain, Some(beside), None).unwrap_err();
        assert_eq!(error(&folder.read(&format!("middle-{name}.pem"))), KeyError::NoCertificate);
        // A chain that leads elsewhere is not known.
        let other = Trust::read([folder
            .read(&format!("own-{}.pem", if name == "ec" { "rsa" } else { "ec" }))
            .as_slice()]);
        let key = Key::read(&folder.read("together.pem"), None, None).unwrap();
        let sealed = seal(&LETTER, &key, &occasion, None).unwrap();
        assert!(!check(&sealed, &other, &Trust::default()).unwrap().seals[0].is_known);
    }
    folder.openssl("genpkey -algorithm ed25519 -out ed.key");
    assert_eq!(Key::read(&folder.read("ed.key"), None, None).unwrap_err(), KeyError::Kind);
    folder.openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out small.key");
    assert_eq!(Key::read(&folder.read("small.key"), None, None).unwrap_err(), KeyError::Kind);
    for nothing in [&b""[..], b"a key", b"-----BEGIN PRIVATE KEY-----", MADE.certificate.as_bytes()] {
        assert_eq!(Key::read(nothing, None, None).unwrap_err(), KeyError::NoKey);
    }
}

#[test]
fn a_new_key_is_encrypted_and_other_programs_open_it() {
    let folder = Folder::new("new");
    folder.write("seal.key", &MADE.key);
    folder.write("seal.pem", &MADE.certificate);
    assert!(MADE.key.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    assert!(Key::is_encrypted(MADE.key.as_bytes()));
    folder.write("pass", PASSPHRASE);
    folder.openssl("pkey -in seal.key -passin file:pass -pubout -out from-key");
    folder.openssl("x509 -in seal.pem -pubkey -noout -out from-certificate");
    assert_eq!(folder.read("from-key"), folder.read("from-certificate"));
    folder.openssl("verify -CAfile seal.pem seal.pem");
    // Nothing prints it.
    assert_eq!(format!("{:?}", *KEY), "Key (not shown)");
    assert!(!format!("{:?}", *MADE).contains("PRIVATE"));
    let short = new_key(&Text::same("Test"), day(2026, 1, 1), day(2027, 1, 1), "short");
    assert_eq!(short.unwrap_err(), KeyError::Short);
    for (name, from, until) in [
        ("", day(2026, 1, 1), day(2027, 1, 1)),
        ("Test", day(2027, 1, 1), day(2026, 1, 1)),
        (&"long".repeat(20), day(2026, 1, 1), day(2027, 1, 1)),
    ] {
        let made = new_key(&Text::same(name), from, until, PASSPHRASE);
        assert_eq!(made.unwrap_err(), KeyError::Certificate);
    }
}

/// How an authority answers a question.
type Answer = fn(&Folder, Vec<u8>) -> Vec<u8>;

/// A time-stamp authority on this machine: OpenSSL's, behind a door that speaks HTTP. Answers each question as `answer` likes.
fn authority(folder: &Folder, questions: usize, answer: Answer) -> (String, std::thread::JoinHandle<()>) {
    let door = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/tsa", door.local_addr().unwrap());
    let folder = Folder(folder.0.clone());
    let thread = std::thread::spawn(move || {
        for stream in door.incoming().take(questions) {
            let mut stream = BufReader::new(stream.unwrap());
            let mut length = 0;
            let mut line = String::new();
            while stream.read_line(&mut line).unwrap() > 2 {
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut question = vec![0; length];
            stream.read_exact(&mut question).unwrap();
            let answer = answer(&folder, question);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                answer.len()
            );
            stream.get_mut().write_all(head.as_bytes()).unwrap();
            stream.get_mut().write_all(&answer).unwrap();
        }
        std::mem::forget(folder);
    });
    (address, thread)
}

fn by_openssl(folder: &Folder, question: Vec<u8>) -> Vec<u8> {
    folder.write("question", question);
    folder.openssl("ts -reply -config tsa.cnf -queryfile question -out answer");
    folder.read("answer")
}

fn keys_of_a_clock(folder: &Folder) {
    folder.openssl("req -x509 -newkey rsa:2048 -nodes -keyout tsa-root.key -out tsa-root.pem -days 3650 -subj /O=Clock/CN=Root");
    folder.openssl("req -new -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /O=Clock/CN=Clock");
    folder.write("ext", "extendedKeyUsage=critical,timeStamping\n");
    folder.openssl("x509 -req -in tsa.csr -CA tsa-root.pem -CAkey tsa-root.key -CAcreateserial -days 3650 -extfile ext -out tsa.pem");
    folder.write("serial", "01\n");
    folder.write(
        "tsa.cnf",
        "[tsa]\ndefault_tsa=t\n[t]\nserial=serial\nsigner_cert=tsa.pem\nsigner_key=tsa.key\nsigner_digest=sha256\n\
         default_policy=1.2.3.4.1\ndigests=sha256\nclock_precision_digits=3\naccuracy=secs:1\ness_cert_id_alg=sha256\n",
    );
}

#[test]
fn a_time_stamp_says_when_a_seal_was_there() {
    let folder = Folder::new("stamp");
    keys_of_a_clock(&folder);
    let (address, thread) = authority(&folder, 1, by_openssl);
    let before = now();
    let sealed = seal(&LETTER, &KEY, &occasion(), Some(&address)).unwrap();
    thread.join().unwrap();
    let authorities = Trust::read([folder.read("tsa-root.pem").as_slice()]);

    let found = check(&sealed, &TRUST, &authorities).unwrap();
    let [found] = &found.seals[..] else { panic!("{found:?}") };
    assert!(found.is_intact() && found.is_known);
    let stamp = found.stamp.as_ref().unwrap().as_ref().unwrap();
    assert!(stamp.is_known && stamp.by.subject == "Clock");
    assert!(before - TimeDelta::seconds(2) <= stamp.at && stamp.at <= now());
    assert_eq!((found.claimed_at, found.at()), (Some(made_at()), Some(stamp.at)));
    // Of an authority that nobody knows the moment is not taken.
    let found = check(&sealed, &TRUST, &Trust::default()).unwrap();
    assert!(!found.seals[0].stamp.as_ref().unwrap().as_ref().unwrap().is_known);
    assert_eq!(found.seals[0].at(), Some(made_at()));

    let trusted =
        folder.write("trusted.pem", [MADE.certificate.as_bytes(), &folder.read("tsa-root.pem")].concat());
    let file = folder.write("sealed.pdf", &sealed);
    accepted(&trusted, std::slice::from_ref(&file), "dated");
    claims::hold(&[file], "3a");

    // Every byte of the stamp counts, though the seal does not cover it.
    let mut changed = sealed.clone();
    let start = LETTER.len();
    for place in (start..sealed.len()).step_by(61) {
        changed[place] ^= 1;
        let found = check(&changed, &TRUST, &authorities);
        let intact = found.is_ok_and(|found| found.seals.first().is_some_and(mizan::seal::Seal::is_intact));
        assert!(!intact, "byte {place} changed");
        changed[place] ^= 1;
    }
    // Nobody signs what stands where an algorithm has no parameters, nor the number by which an element is known.
    let hex: String =
        sealed[start..].iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '.' }).collect();
    let nothing =
        hex.match_indices("050030").chain(hex.match_indices("0500a0")).chain(hex.match_indices("050004"));
    let places: Vec<usize> = nothing.map(|(at, _)| start + at + 1).collect();
    assert!(places.len() >= 3, "{places:?}");
    let unsigned = hex.rfind("060b2a864886f70d010910020e").map(|at| start + at - 15);
    for place in places.into_iter().chain(unsigned) {
        changed[place] ^= 1;
        let found = check(&changed, &TRUST, &authorities);
        let intact = found.is_ok_and(|found| found.seals.first().is_some_and(mizan::seal::Seal::is_intact));
        assert!(!intact, "byte {place} changed: {}", &hex[place - start - 10..place - start + 10]);
        changed[place] ^= 1;
    }
}

#[test]
fn an_authority_that_answers_badly_is_not_believed() {
    let folder = Folder::new("liar");
    keys_of_a_clock(&folder);
    let cases: &[(&str, Answer, StampError)] = &[
        ("nothing", |_, _| vec![], StampError::Refused),
        ("words", |_, _| b"no".to_vec(), StampError::Refused),
        // A refusal: status 2.
        ("a refusal", |_, _| vec![0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02], StampError::Refused),
        (
            "another question's answer",
            |folder, question| {
                let mut other = question;
                // The digest stands near the beginning.
                other[40] ^= 1;
                by_openssl(folder, other)
            },
            StampError::Wrong,
        ),
        (
            "an answer without the number of the question",
            |folder, question| {
                let mut other = question;
                let place = other.len() - 5;
                other[place] ^= 1;
                by_openssl(folder, other)
            },
            StampError::Wrong,
        ),
        (
            "a changed answer",
            |folder, question| {
                let mut answer = by_openssl(folder, question);
                let place = answer.len() - 20;
                answer[place] ^= 1;
                answer
            },
            StampError::Wrong,
        ),
    ];
    for (what, answer, wanted) in cases {
        let (address, thread) = authority(&folder, 1, *answer);
        let error = seal(&LETTER, &KEY, &occasion(), Some(&address)).unwrap_err();
        thread.join().unwrap();
        assert_eq!(error, SealError::Stamp(wanted.clone()), "{what}");
    }
    let error = |address: &str| seal(&LETTER, &KEY, &occasion(), Some(address)).unwrap_err();
    assert!(matches!(error("https://127.0.0.1/"), SealError::Stamp(StampError::Address(_))));
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert!(matches!(error(&format!("http://{closed}/")), SealError::Stamp(StampError::Silent(_))));
}

/// A place of work of its own: the real policy, templates and fonts, and room for a seal.
fn place_of_work(folder: &Folder) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(folder.0.join("policies/naba")).unwrap();
    for shared in ["templates", "fonts", "policies/naba/1"] {
        std::os::unix::fs::symlink(here.join(shared), folder.0.join(shared)).unwrap();
    }
    folder.write("passphrase", format!("{PASSPHRASE}\n"));
}

/// What a person types in that place, what they read, and the exit code.
fn typed(folder: &Folder, line: &str) -> String {
    let root = folder.0.to_str().unwrap();
    let mut arguments: Vec<String> = vec!["--root".to_owned(), root.to_owned()];
    arguments.extend(line.split(' ').map(|word| word.replace("ROOT", root)));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = crate::cli::mizan(&arguments).stdin(std::process::Stdio::null()).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    format!("$ mizan {line}\n{out}{err}[exit {}]\n", output.status.code().unwrap()).replace(root, "ROOT")
}

#[test]
fn an_office_makes_its_seal_and_seals_a_letter() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("office");
    place_of_work(&folder);
    folder.write("short", "short");
    folder.write("another", "another passphrase");
    let letter = "letter L-03 tests/fixtures/requests/met.toml --on 2026-12-13 -o ROOT/letter.pdf";
    let key = "ROOT/policies/naba/seal/seal.key";
    let mut seen = String::new();
    for line in [
        "seal new --policy naba --passphrase-file ROOT/short",
        "seal new --policy nobody",
        "--lang en seal new --policy naba --years 5 --passphrase-file ROOT/passphrase",
        "seal new --policy naba --passphrase-file ROOT/passphrase",
        "seal new --policy naba --as seal-2031 --passphrase-file ROOT/passphrase",
        "seal new --policy naba --as ../seal",
        &format!("{letter} --seal {key} --passphrase-file ROOT/another"),
        &format!("--lang en {letter} --seal ROOT/policies/naba/seal/seal.pem"),
        &format!(
            "{letter} --seal {key} --passphrase-file ROOT/passphrase --time-stamp https://tsa.example.org"
        ),
        &format!("{letter} --seal {key} --passphrase-file ROOT/passphrase"),
    ] {
        seen += &typed(&folder, line);
        seen += "\n";
    }
    // The moment at which the test runs.
    let seen = seen.lines().map(|line| match line.split_once(": ") {
        Some((what @ ("valid until" | "يصلح حتى"), _)) => format!("{what}: …\n"),
        _ => format!("{line}\n"),
    });
    insta::assert_snapshot!(seen.collect::<String>());
    let mode = fs::metadata(folder.0.join("policies/naba/seal/seal.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let known = mizan::app::seal::known(&folder.0, "naba").unwrap();
    assert_eq!(known.keys.count(), 2);
    let sealed = folder.read("letter.pdf");
    let found = check(&sealed, &known.keys, &known.authorities).unwrap();
    assert!(found.seals[0].is_intact() && found.seals[0].is_known);
    assert_eq!(found.seals[0].reason.as_deref(), Some("إصدار الخطاب L-03"));
}
