//! What is special about BigQuery and needs no server.

use sluice_engine::error::ErrorKind;

use super::credentials::Credentials;
use super::paste::settings;

#[test]
fn a_pasted_key_fills_the_project() {
    let key = r#"{"type":"service_account","project_id":"shop-analytics","private_key":"x"}"#;
    let (found, unused) = settings(key).unwrap();
    assert_eq!(found["project"], "shop-analytics");
    assert_eq!(found["service_account"], key);
    assert!(unused.is_empty());
    let (found, _) =
        settings("https://console.cloud.google.com/bigquery?project=shop-analytics&ws=1").unwrap();
    assert_eq!(found["project"], "shop-analytics");
    for text in ["{}", "bigquery", "https://example.com/?project=a", r#"{"type":"webhook"}"#] {
        assert!(settings(text).is_none(), "{text}");
    }
}

#[test]
fn a_key_that_would_be_signed_for_a_stranger_is_refused() {
    let key = |uri: &str| {
        format!(
            r#"{{"type":"service_account","client_email":"a@b","private_key":"s3cr3t","token_uri":"{uri}"}}"#
        )
    };
    for uri in ["https://oauth2.googleapis.com/token", "https://accounts.google.com/o/oauth2/token"] {
        assert!(Credentials::parse(key(uri).as_bytes(), false, "The key").is_ok(), "{uri}");
    }
    for uri in
        ["https://evil.example/token", "http://oauth2.googleapis.com/token", "https://xgoogleapis.com/"]
    {
        let error = Credentials::parse(key(uri).as_bytes(), false, "The key").err().unwrap();
        assert_eq!(error.kind(), ErrorKind::KeyUnusable, "{uri}");
        assert!(!format!("{error:?}").contains("s3cr3t"));
    }
    assert!(Credentials::parse(key("http://127.0.0.1:1/token").as_bytes(), true, "The key").is_ok());
}

/// As the API writes them, and as Storage Read sends them.
#[test]
fn decimals_are_the_same_either_way() {
    let shown = |text: &str| {
        let mut out = Vec::new();
        super::values::decimal(text, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let cases = [
        ("19.9", "19.900000000", "19.9"),
        ("0", "0E-9", "0"),
        ("0", "-0.000000000", "0"),
        ("-0.00012", "-0.000120000", "-0.00012"),
        ("10000", "10000.000000000", "10000"),
        ("1234567890123456.78", "1234567890123456.780000000", "\"1234567890123456.78\""),
    ];
    for (api, storage, expect) in cases {
        assert_eq!((shown(api), shown(storage)), (expect.to_owned(), expect.to_owned()));
    }
}

#[test]
fn what_is_no_key_says_so_and_shows_nothing_of_it() {
    for text in
        ["s3cr3t", r#"{"type":"s3cr3t"#, r#"{"type":"external_account"}"#, r#"{"type":"service_account"}"#]
    {
        let error = Credentials::parse(text.as_bytes(), false, "The key").err().unwrap();
        assert_eq!(error.kind(), ErrorKind::KeyUnusable);
        assert!(!format!("{error:?}").contains("s3cr3t"), "{error:?}");
    }
}
