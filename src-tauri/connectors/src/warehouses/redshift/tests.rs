use super::*;

fn pasted(text: &str) -> Vec<String> {
    let (settings, unused) = Redshift.paste(text).unwrap_or_else(|| panic!("{text}"));
    let settings = settings.into_iter().map(|(key, value)| format!("{key}={value}"));
    settings.chain(unused.into_iter().map(|name| format!("unused {name}"))).collect()
}

#[test]
fn an_endpoint_fills_the_form() {
    let host = "shop.abc123.eu-west-1.redshift.amazonaws.com";
    let expect = ["database=dev".to_owned(), format!("host={host}"), "port=5439".to_owned()];
    assert_eq!(pasted(&format!(" {host}:5439/dev\n")), expect);
    let host = "wg.123456789012.us-east-1.redshift-serverless.amazonaws.com";
    assert_eq!(pasted(&format!("{host}:5439")), [format!("host={host}"), "port=5439".to_owned()]);
    assert_eq!(pasted(host), [format!("host={host}")]);
}

#[test]
fn a_url_fills_the_form() {
    let expect = ["database=dev", "host=h.redshift.amazonaws.com", "password=p@ss", "port=5439", "user=ana"];
    for kind in [
        "redshift",
        "postgres",
        "postgresql",
        "jdbc:redshift",
        "JDBC:Redshift",
        "redshift+redshift_connector",
        "postgresql+psycopg2",
    ] {
        assert_eq!(pasted(&format!("{kind}://ana:p%40ss@h.redshift.amazonaws.com:5439/dev")), expect);
    }
}

#[test]
fn an_address_with_iam_fills_what_it_can_and_says_what_is_missing() {
    let expect = [
        "database=dev",
        "host=wg.123456789012.us-east-1.redshift-serverless.amazonaws.com",
        "port=5439",
        "unused sign-in with IAM: Sluice needs a database user with a password",
    ];
    let address = "jdbc:redshift:iam://wg.123456789012.us-east-1.redshift-serverless.amazonaws.com:5439/dev";
    assert_eq!(pasted(address), expect);
}

#[test]
fn the_drivers_own_forms_fill_the_form() {
    let jdbc =
        "jdbc:redshift://h.redshift.amazonaws.com:5439/dev;UID=ana;PWD=secret;ssl=true;tcpKeepAlive=true";
    let expect = [
        "database=dev",
        "host=h.redshift.amazonaws.com",
        "password=secret",
        "port=5439",
        "tls=verify-full",
        "user=ana",
        "unused tcpKeepAlive",
    ];
    assert_eq!(pasted(jdbc), expect);
    let odbc = "Driver={Amazon Redshift (x64)}; Server=h.redshift.amazonaws.com; Database=dev; UID=ana; PWD=secret; Port=5439; SSLMode=verify-ca; tcpKeepAlive=1";
    let mut odbc = pasted(odbc);
    odbc.sort();
    let mut expect = expect;
    expect.sort_unstable();
    assert_eq!(odbc, expect);
}

#[test]
fn other_text_is_left_alone() {
    for text in [
        "",
        "hello",
        "https://example.com/?a=b",
        "a=b",
        "postgres://ana@db.example.com/shop",
        "host=db dbname=x",
    ] {
        assert!(Redshift.paste(text).is_none(), "{text}");
    }
}

fn written(form: form::Form, text: &str) -> String {
    let mut out = Vec::new();
    match form.write(text.as_bytes(), &mut out) {
        Ok(()) => String::from_utf8(out).unwrap(),
        Err(reason) => format!("! {reason}"),
    }
}

/// The forms of <https://docs.aws.amazon.com/redshift/latest/dg/r_interval_data_types.html>.
#[test]
fn durations_of_any_style_are_iso_8601() {
    let cases = [
        ("1 year 11 months", "\"P1Y11M\""),
        ("1 years 2 mons", "\"P1Y2M\""),
        ("13 days 1 hour 1 minute 1.123 seconds", "\"P13DT1H1M1.123S\""),
        ("-2 days 0 hours 0 minutes 0.0 seconds", "\"P-2D\""),
        ("0 days 0 hours 0 mins 0.0 secs", "\"PT0S\""),
        ("0 years 0 mons", "\"PT0S\""),
        ("1 year 2 mons 3 days 04:05:06.7", "\"P1Y2M3DT4H5M6.7S\""),
        ("-1 years -2 mons +3 days -04:05:06", "\"P-1Y-2M3DT-4H-5M-6S\""),
        ("@ 1 day 2 hours 0.25 secs ago", "\"P-1DT-2H-0.25S\""),
        ("-0.25 secs", "\"PT-0.25S\""),
        ("00:00:00.000001", "\"PT0.000001S\""),
        ("P1Y2M", "\"P1Y2M\""),
        ("1-2", "! came in a form Sluice does not know"),
        ("1 fortnight", "! came in a form Sluice does not know"),
    ];
    for (text, expect) in cases {
        assert_eq!(written(form::Form::Interval, text), expect, "{text}");
    }
}

#[test]
fn redshift_s_own_types_have_documented_forms() {
    use form::Form;
    assert_eq!(written(Form::Json, "{\"a\" : [1, \"b c\", null]}"), "{\"a\":[1,\"b c\",null]}");
    assert_eq!(written(Form::Json, "\"ASIA\""), "\"ASIA\"");
    assert_eq!(written(Form::Json, "ASIA"), "! came in a form Sluice does not know");
    assert_eq!(written(Form::Bytes, "deadBEEF"), "\"3q2+7w==\"");
    assert_eq!(written(Form::Bytes, "dea"), "! came in a form Sluice does not know");
    assert_eq!(written(Form::Geometry, "0101000020E6100000"), "\"0101000020E6100000\"");
    assert!(written(Form::Sketch, "{}").starts_with("! is a sketch"));
    assert_eq!(written(Form::TimeWithZone, "08:30:00.000001+00"), "\"08:30:00.000001+00:00\"");
    assert_eq!(Form::of_name("hllsketch"), Form::Sketch);
    assert_eq!(Form::of(4000, -1), Some(("super", Form::Json)));
    assert_eq!(Form::of(1042, 14), Some(("char", Form::Padded(Some(10)))));
}

#[test]
fn a_literal_has_no_backslash_that_could_escape() {
    assert_eq!(query::literal("it's"), "'it''s'");
    assert_eq!(query::literal("a\\' OR 1"), "('a' || chr(92) || ''' OR 1')");
    assert_eq!(query::literal("\\"), "('' || chr(92) || '')");
}

#[test]
fn text_that_is_cut_short_is_unreadable_and_no_panic() {
    use form::Form;
    let texts = ["2026-11-22 08:30:00.123456+00", "-1 years -2 mons +3 days -04:05:06.7 ago", "é+é-é:é"];
    let forms = [
        Form::Boolean,
        Form::Integer,
        Form::Float4,
        Form::Float8,
        Form::Decimal,
        Form::Date,
        Form::Time,
        Form::TimeWithZone,
        Form::Timestamp,
        Form::TimestampWithZone,
        Form::Interval,
        Form::Json,
        Form::Bytes,
    ];
    for form in forms {
        for text in texts {
            for end in 0..text.len() {
                drop(form.write(&text.as_bytes()[..end], &mut Vec::new()));
            }
        }
    }
}
