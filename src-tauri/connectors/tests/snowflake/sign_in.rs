//! Signing in, and every reason for not getting in.

use std::process::{Command, Stdio};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};
use sluice_engine::error::ErrorKind;

use super::script::{Got, Reply, Scripted, column, json_result, refusal, success};
use super::*;

const LOGIN: &str = "/session/v1/login-request";
/// A code that stands for any.
const OTHER: &str = "390999";

/// Runs openssl over what it is given.
fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl");
    child.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = child.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}");
    output.stdout
}

/// A key pair: the private half as PKCS#8, the public half's DER.
fn key_pair() -> &'static (String, Vec<u8>) {
    static PAIR: OnceLock<(String, Vec<u8>)> = OnceLock::new();
    PAIR.get_or_init(|| {
        let private = openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], b"");
        let public = openssl(&["pkey", "-pubout", "-outform", "DER"], &private);
        (String::from_utf8(private).unwrap(), public)
    })
}

fn with_key(url: &str, pem: &str) -> Access {
    Access::at(url, "SHOP")
        .with("auth", "key_pair")
        .with("user", "sluice_bot")
        .with_secret("private_key", pem)
}

/// The claims of a token that the public key verifies.
fn verified(token: &str, public: &[u8]) -> Value {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let plain = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let head: Value = serde_json::from_slice(&plain(head)).unwrap();
    assert_eq!(head["alg"], "RS256");
    // The key itself stands behind the 24 bytes that say it is one.
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &public[24..]);
    key.verify(signed.as_bytes(), &plain(signature)).unwrap();
    serde_json::from_slice(&plain(claims)).unwrap()
}

#[tokio::test]
async fn a_key_pair_signs_a_token_that_its_public_half_verifies() {
    let (pem, public) = key_pair();
    let aes =
        openssl(&["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "pass:open sesame"], pem.as_bytes());
    let des = openssl(&["pkcs8", "-topk8", "-v2", "des3", "-passout", "pass:open sesame"], pem.as_bytes());
    let old = openssl(&["rsa", "-traditional"], pem.as_bytes());
    let one_line = pem.replace('\n', "\\n");
    let bare: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let forms = [
        pem.clone(),
        String::from_utf8(aes).unwrap(),
        String::from_utf8(des).unwrap(),
        String::from_utf8(old).unwrap(),
        one_line,
        bare,
    ];
    for form in forms {
        let server = Scripted::start(|_| None).await;
        let access = with_key(&server.url, &form).with_secret("private_key_passphrase", "open sesame");
        access.open().columns(&sql("select 1 as one")).await.unwrap();
        let sign_in = server.of(LOGIN)[0].json();
        assert_eq!(sign_in["data"]["AUTHENTICATOR"], "SNOWFLAKE_JWT");
        assert_eq!(sign_in["data"]["PASSWORD"], Value::Null);
        let claims = verified(sign_in["data"]["TOKEN"].as_str().unwrap(), public);
        let digest = ring::digest::digest(&ring::digest::SHA256, public);
        let subject = "MYORG-ACCOUNT1.SLUICE_BOT";
        assert_eq!(claims["sub"], subject);
        assert_eq!(claims["iss"], format!("{subject}.SHA256:{}", STANDARD.encode(digest)));
        let lives = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert!((1..=3_600).contains(&lives), "{lives}");
    }
}

#[test]
fn a_key_that_can_not_be_used_says_why() {
    let (pem, public) = key_pair();
    let encrypted =
        openssl(&["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "pass:right"], pem.as_bytes());
    let encrypted = String::from_utf8(encrypted).unwrap();
    let public_pem =
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(public));
    let elliptic = openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], b"");
    let short = openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], b"");
    let cases = [
        (encrypted.clone(), None, ErrorKind::SecretMissing, "there is no passphrase"),
        (encrypted, Some("wrong"), ErrorKind::KeyUnusable, "passphrase does not open"),
        (public_pem, None, ErrorKind::KeyUnusable, "public half"),
        (
            "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----".into(),
            None,
            ErrorKind::KeyUnusable,
            "key for SSH",
        ),
        ("hello".into(), None, ErrorKind::KeyUnusable, "not in PEM form"),
        (String::from_utf8(elliptic).unwrap(), None, ErrorKind::KeyUnusable, "not an RSA key"),
        (String::from_utf8(short).unwrap(), None, ErrorKind::KeyUnusable, "2,048"),
    ];
    for (pem, passphrase, kind, words) in cases {
        let mut access = with_key("http://127.0.0.1:9", &pem);
        if let Some(passphrase) = passphrase {
            access = access.with_secret("private_key_passphrase", passphrase);
        }
        let error = access.try_open().err().unwrap();
        assert_eq!(error.kind(), kind, "{error:?}");
        assert!(error.message().contains(words), "{error:?}");
        let body = pem.lines().find(|line| line.len() > 60);
        assert!(body.is_none_or(|body| !format!("{error:?}{:?}", error.details()).contains(body)));
    }
}

#[tokio::test]
async fn tokens_and_passwords_go_where_the_drivers_put_them() {
    let server = Scripted::start(|_| None).await;
    let access = Access::at(&server.url, "SHOP").with("auth", "token").with_secret("token", " pat-secret\n");
    access.open().columns(&sql("select 1 as one")).await.unwrap();
    Access::at(&server.url, "SHOP").open().columns(&sql("select 1 as one")).await.unwrap();
    let sign_ins: Vec<Value> = server.of(LOGIN).iter().map(|got| got.json()["data"].clone()).collect();
    assert_eq!(
        (&sign_ins[0]["AUTHENTICATOR"], &sign_ins[0]["TOKEN"]),
        (&json!("PROGRAMMATIC_ACCESS_TOKEN"), &json!("pat-secret"))
    );
    assert_eq!((&sign_ins[1]["AUTHENTICATOR"], &sign_ins[1]["PASSWORD"]), (&Value::Null, &json!("hunter2")));
    assert_eq!(sign_ins[1]["LOGIN_NAME"], "sluice");
    assert_eq!(sign_ins[1]["ACCOUNT_NAME"], "MYORG-ACCOUNT1");
    for got in server.got() {
        let place = format!("{} {:?} {:?}", got.path, got.query, got.headers);
        assert!(!place.contains("hunter2") && !place.contains("pat-secret"), "{place}");
    }
}

async fn refused(access: impl Fn(&str) -> Access, code: &'static str, message: &'static str) -> Error {
    let server =
        Scripted::start(move |got: &Got| (got.path == LOGIN).then(|| refusal(code, "08001", message))).await;
    let (steps, error) = access(&server.url).check().await;
    assert_eq!(outcome(&steps), "+++-....", "{code}");
    assert_eq!(server.of(LOGIN).len(), 1, "a refused sign-in is not tried again: that would lock the user");
    error.unwrap()
}

/// Codes are those the connector's `refusal.rs` names sources for. Where no source has the code, the words are what users
/// report of Snowflake, and the code stands for any.
#[tokio::test]
async fn each_refusal_says_what_to_do() {
    let (pem, public) = key_pair();
    let password = |url: &str| Access::at(url, "SHOP");
    let error = refused(password, "390100", "Incorrect username or password was specified.").await;
    assert_eq!(error.kind(), ErrorKind::SignInFailed);
    assert!(error.hint().contains("key pair"), "{}", error.hint());
    assert!(!format!("{error:?}{:?}", error.details()).contains("hunter2"));

    let error = refused(
        |url| with_key(url, pem),
        "390144",
        "JWT token is invalid. [0ce9eb56-821d-4ca9-a774-04ae89a0cf5a]",
    )
    .await;
    assert_eq!(error.kind(), ErrorKind::SignInFailed);
    let fix = error.fix().unwrap();
    assert!(
        fix.starts_with(&format!(
            "ALTER USER sluice_bot SET RSA_PUBLIC_KEY = '{}';",
            STANDARD.encode(public)
        )),
        "{fix}"
    );
    assert!(
        fix.ends_with("\nSELECT SYSTEM$GET_LOGIN_FAILURE_DETAILS('0ce9eb56-821d-4ca9-a774-04ae89a0cf5a');"),
        "{fix}"
    );
    assert!(error.hint().contains("SHA256:") && error.hint().contains("clock"), "{}", error.hint());
    let error = refused(|url| with_key(url, pem), "394301", "JWT token expired").await;
    assert_eq!(error.kind(), ErrorKind::ClockWrong);
    assert!(error.hint().contains("clock"), "{}", error.hint());

    // https://github.com/PostHog/posthog/pull/63691
    let message = "Incoming request with IP/Token 203.0.113.7 is not allowed to access Snowflake. Contact your account administrator.";
    let error = refused(password, OTHER, message).await;
    assert_eq!(error.kind(), ErrorKind::NetworkPolicy);
    assert!(error.message().contains("(203.0.113.7)"), "{}", error.message());
    assert!(error.fix().unwrap().contains("VALUE_LIST = ('203.0.113.7')"));

    let error = refused(
        |url| password(url).with("role", "my role"),
        "390189",
        "Role 'my role' specified in the connect string does not exist or not authorized.",
    )
    .await;
    assert_eq!(
        (error.kind(), error.fix()),
        (ErrorKind::RoleMissing, Some("GRANT ROLE \"my role\" TO USER sluice;"))
    );

    let error = refused(password, "390201", "The requested database does not exist or not authorized.").await;
    assert_eq!(error.kind(), ErrorKind::MissingObject);
    assert!(error.fix().unwrap().contains("GRANT USAGE ON DATABASE SHOP"), "{:?}", error.fix());

    let message = "Failed to authenticate: MFA authentication is required, but none of your current MFA methods are supported for programmatic authentication.";
    // https://github.com/xlang-ai/Spider2/issues/143
    let error = refused(password, OTHER, message).await;
    assert!(error.message().contains("MFA authentication is required"));
    assert!(error.hint().contains("second factor"));
    let token = |url: &str| Access::at(url, "SHOP").with("auth", "token").with_secret("token", "pat");
    assert!(
        refused(token, "394400", "Programmatic access token is invalid.")
            .await
            .message()
            .contains("access token")
    );
    // https://github.com/xlang-ai/Spider2/issues/143, https://github.com/okou-ai/vm0-skills/pull/178
    for code in ["390432", OTHER] {
        let error = refused(token, code, "Fail : Network policy is required.").await;
        assert_eq!(error.kind(), ErrorKind::NetworkPolicy);
        assert!(error.fix().unwrap().starts_with("CREATE NETWORK RULE"), "{:?}", error.fix());
    }
    let message = "Incoming request with IP/Token 2001:db8::7 is not allowed to access Snowflake.";
    let fix = refused(token, "390422", message).await.fix().unwrap().to_owned();
    assert!(fix.contains("TYPE = IPV6 VALUE_LIST = ('2001:db8::7')") && fix.contains("AWS alone"), "{fix}");
    // https://github.com/buremba/universql/issues/24
    let message = "Your user account has been temporarily locked due to too many failed attempts. Try again after 15 minutes or contact your account administrator for assistance.";
    assert!(refused(password, OTHER, message).await.fix().unwrap().contains("MINS_TO_UNLOCK"));
}

#[tokio::test]
async fn an_account_nobody_has_is_told_by_its_status() {
    let server = Scripted::start(|got| (got.path == LOGIN).then(|| Reply::status(403))).await;
    let (steps, error) = Access::at(&server.url, "SHOP").check().await;
    assert_eq!(outcome(&steps), "+++-....");
    let error = error.unwrap();
    assert_eq!(error.kind(), ErrorKind::SignInFailed);
    assert!(error.hint().contains("Check the account"));
}

#[tokio::test]
async fn what_is_not_snowflake_is_told() {
    let server = Scripted::start(|got| {
        (got.path == LOGIN)
            .then(|| Reply::bytes(b"<html>proxy</html>".to_vec()).with_header("content-type", "text/html"))
    })
    .await;
    let (steps, error) = Access::at(&server.url, "SHOP").check().await;
    assert_eq!((outcome(&steps).as_str(), error.unwrap().kind()), ("+++-....", ErrorKind::BadAnswer));
}

#[tokio::test]
async fn a_wrong_host_and_a_wrong_port() {
    let (steps, error) = Access::at("http://no-such-host.invalid", "SHOP").check().await;
    assert_eq!((outcome(&steps).as_str(), error.unwrap().kind()), ("-.......", ErrorKind::HostNotFound));
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (steps, error) = Access::at(&format!("http://127.0.0.1:{free}"), "SHOP").check().await;
    let error = error.unwrap();
    assert_eq!((outcome(&steps).as_str(), error.kind()), ("+-......", ErrorKind::Unreachable));
    assert!(error.message().contains(&free.to_string()));
    let bad =
        Access::at("http://127.0.0.1:9", "SHOP").with("account", "not an account").try_open().err().unwrap();
    assert_eq!(bad.kind(), ErrorKind::BadSettings);
}

/// A server with one warehouse in this state, tables, and these grants.
async fn with_warehouse(state: &'static str, resumes: &'static str, privilege: &'static str) -> Scripted {
    let text = |names: &[&str]| -> Value { names.iter().map(|name| column(name, "text", None)).collect() };
    Scripted::start(move |got| {
        let sql = got.sql();
        let data = if sql == "SHOW WAREHOUSES" {
            json_result(
                &text(&["name", "state", "size", "auto_resume"]),
                &json!([["WH", state, "X-Small", resumes]]),
            )
        } else if sql.starts_with("SHOW OBJECTS") {
            let columns = text(&["name", "database_name", "schema_name", "kind"]);
            json_result(&columns, &json!([["LEADS", "SHOP", "PUBLIC", "TABLE"]]))
        } else if sql.starts_with("SHOW GRANTS TO ROLE \"READER\"") {
            let columns = text(&["privilege", "granted_on", "name"]);
            json_result(
                &columns,
                &json!([["USAGE", "DATABASE", "SHOP"], [privilege, "TABLE", "SHOP.PUBLIC.LEADS"]]),
            )
        } else if sql.starts_with("SHOW GRANTS TO") {
            json_result(&text(&["privilege", "granted_on", "name"]), &json!([]))
        } else {
            return None;
        };
        Some(success(&data))
    })
    .await
}

#[tokio::test]
async fn the_warehouse_is_looked_at() {
    let server = with_warehouse("SUSPENDED", "true", "SELECT").await;
    let (steps, error) = Access::at(&server.url, "SHOP").check().await;
    assert_eq!(outcome(&steps), "++++++++", "{error:?}");
    let StepResult::Passed(Some(found)) = &steps[4].result else { panic!("{steps:?}") };
    assert_eq!(found, "role READER, warehouse WH (X-Small, suspended)");

    let server = with_warehouse("SUSPENDED", "false", "SELECT").await;
    let (steps, error) = Access::at(&server.url, "SHOP").check().await;
    assert_eq!(outcome(&steps), "++++-...");
    assert!(error.unwrap().fix().unwrap().contains("ALTER WAREHOUSE \"WH\" RESUME;"));

    let server = Scripted::start(|got| {
        let none = json_result(&json!([column("name", "text", None)]), &json!([]));
        (got.sql() == "SHOW WAREHOUSES").then(|| success(&none))
    })
    .await;
    let (steps, error) =
        Access::at(&server.url, "SHOP").with("warehouse", "wh").with("role", "reader").check().await;
    assert_eq!(outcome(&steps), "++++-...");
    assert_eq!(error.unwrap().fix(), Some("GRANT USAGE ON WAREHOUSE wh TO ROLE reader;"));
}

#[tokio::test]
async fn a_role_that_could_write_is_told_and_gets_a_script() {
    let server = with_warehouse("STARTED", "true", "INSERT").await;
    let (steps, error) = Access::at(&server.url, "SHOP").check().await;
    assert_eq!(outcome(&steps), "++++++!+", "{error:?}");
    let StepResult::Noted(note, Some(script)) = &steps[6].result else { panic!("{steps:?}") };
    assert!(note.contains("could also write"), "{note}");
    assert!(
        script.contains("TYPE = SERVICE") && script.contains("FUTURE TABLES IN DATABASE \"SHOP\""),
        "{script}"
    );
}

/// A role hands on what it was granted, and a session has its secondary roles too.
#[tokio::test]
async fn a_role_that_could_write_by_another_one_is_told() {
    for (first, secondary, could) in [
        (json!(["USAGE", "ROLE", "\"Team a\""]), "", true),
        (json!(["USAGE", "DATABASE_ROLE", "SHOP.EDITORS"]), "", true),
        (json!(["USAGE", "DATABASE", "SHOP"]), "OTHERS,LOADER", true),
        (json!(["USAGE", "DATABASE", "SHOP"]), "SYSADMIN", true),
        (json!(["USAGE", "ROLE", "READER"]), "OTHERS", false),
    ] {
        let text =
            |names: &[&str]| -> Value { names.iter().map(|name| column(name, "text", None)).collect() };
        let server = Scripted::start(move |got| {
            let sql = got.sql();
            let grants = |rows: Value| json_result(&text(&["privilege", "granted_on", "name"]), &rows);
            let data = if sql.starts_with("SHOW OBJECTS") {
                let columns = text(&["name", "database_name", "schema_name", "kind"]);
                json_result(&columns, &json!([["LEADS", "SHOP", "PUBLIC", "TABLE"]]))
            } else if sql == "SHOW WAREHOUSES" {
                json_result(&text(&["name", "state", "size"]), &json!([["WH", "STARTED", "X-Small"]]))
            } else if sql.starts_with("SELECT CURRENT_SECONDARY_ROLES()") {
                let told = json!({ "roles": secondary, "value": "ALL" }).to_string();
                json_result(&text(&["secondary"]), &json!([[told]]))
            } else if sql == "SHOW GRANTS TO ROLE \"READER\"" {
                grants(json!([first, ["SELECT", "TABLE", "SHOP.PUBLIC.LEADS"]]))
            } else if sql == "SHOW GRANTS TO ROLE \"Team a\"" {
                grants(json!([["USAGE", "ROLE", "LOADER"], ["USAGE", "ROLE", "READER"]]))
            } else if sql == "SHOW GRANTS TO ROLE \"LOADER\""
                || sql == "SHOW GRANTS TO DATABASE ROLE SHOP.EDITORS"
            {
                grants(json!([["INSERT", "TABLE", "SHOP.PUBLIC.LEADS"]]))
            } else if sql.starts_with("SHOW GRANTS TO") {
                grants(json!([]))
            } else {
                return None;
            };
            Some(success(&data))
        })
        .await;
        let (steps, error) = Access::at(&server.url, "SHOP").check().await;
        assert_eq!(outcome(&steps), if could { "++++++!+" } else { "++++++++" }, "{error:?}");
        let StepResult::Passed(Some(found)) = &steps[6].result else { continue };
        assert_eq!(found, "PUBLIC.LEADS; as far as this login may look, it can only read");
    }
}
