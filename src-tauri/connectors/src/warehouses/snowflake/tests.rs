use super::*;
use crate::warehouses::snowflake::account::Account;

fn pasted(text: &str) -> Vec<String> {
    let (settings, unused) = Snowflake.paste(text).unwrap();
    let settings = settings.into_iter().map(|(key, value)| format!("{key}={value}"));
    settings.chain(unused.into_iter().map(|name| format!("unused {name}"))).collect()
}

/// The account that is found in each text: as it is kept, its name, and its host.
fn assert_found(expect: &[(&str, &str, &str, &str)]) {
    for (text, identifier, name, host) in expect {
        let account = Account::parse(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(
            (account.identifier(), account.name().as_str(), account.host().as_str()),
            (*identifier, *name, *host),
            "{text}"
        );
    }
}

#[test]
fn an_account_of_an_old_region_behind_a_private_link_or_in_china_is_found() {
    assert_found(&[
        (
            "xy12345.us-east-1.privatelink.snowflakecomputing.com",
            "xy12345.us-east-1.privatelink",
            "XY12345",
            "xy12345.us-east-1.privatelink.snowflakecomputing.com",
        ),
        (
            "https://app-myorg-account1.privatelink.snowflakecomputing.com/a",
            "myorg-account1.privatelink",
            "MYORG-ACCOUNT1",
            "myorg-account1.privatelink.snowflakecomputing.com",
        ),
        (
            "myorg-account1.privatelink",
            "myorg-account1.privatelink",
            "MYORG-ACCOUNT1",
            "myorg-account1.privatelink.snowflakecomputing.com",
        ),
        // The first region is in no host name; every driver leaves it out.
        ("xy12345.us-west-2", "xy12345", "XY12345", "xy12345.snowflakecomputing.com"),
        (
            "https://app.snowflake.com/us-west-2/xy12345/",
            "xy12345",
            "XY12345",
            "xy12345.snowflakecomputing.com",
        ),
        (
            "xy12345.cn-northwest-1",
            "xy12345.cn-northwest-1",
            "XY12345",
            "xy12345.cn-northwest-1.snowflakecomputing.cn",
        ),
        (
            "https://myorg-account1.snowflakecomputing.cn/",
            "myorg-account1.snowflakecomputing.cn",
            "MYORG-ACCOUNT1",
            "myorg-account1.snowflakecomputing.cn",
        ),
        (
            "https://app.snowflake.cn/myorg/account1",
            "myorg-account1.snowflakecomputing.cn",
            "MYORG-ACCOUNT1",
            "myorg-account1.snowflakecomputing.cn",
        ),
        (
            "https://app.us-east-1.privatelink.snowflakecomputing.com/us-east-1/xy12345/#/homepage",
            "xy12345.us-east-1.privatelink",
            "XY12345",
            "xy12345.us-east-1.privatelink.snowflakecomputing.com",
        ),
        (
            "https://app.cn-north-1.privatelink.snowflakecomputing.cn/myorg/account1",
            "myorg-account1.privatelink.snowflakecomputing.cn",
            "MYORG-ACCOUNT1",
            "myorg-account1.privatelink.snowflakecomputing.cn",
        ),
        (
            "https://app.us-east-1.privatelink.snowflakecomputing.com/myorg/account1",
            "myorg-account1.privatelink",
            "MYORG-ACCOUNT1",
            "myorg-account1.privatelink.snowflakecomputing.com",
        ),
    ]);
}

#[test]
fn an_account_is_found_however_it_is_written() {
    let expect = [
        ("myorg-account1", "myorg-account1", "MYORG-ACCOUNT1", "myorg-account1.snowflakecomputing.com"),
        (" MyOrg-Account1 ", "myorg-account1", "MYORG-ACCOUNT1", "myorg-account1.snowflakecomputing.com"),
        ("MYORG.ACCOUNT1", "myorg-account1", "MYORG-ACCOUNT1", "myorg-account1.snowflakecomputing.com"),
        (
            "https://app.snowflake.com/myorg/account1/#/homepage",
            "myorg-account1",
            "MYORG-ACCOUNT1",
            "myorg-account1.snowflakecomputing.com",
        ),
        (
            "https://app.snowflake.com/eu-central-1/xy12345/worksheets",
            "xy12345.eu-central-1",
            "XY12345",
            "xy12345.eu-central-1.snowflakecomputing.com",
        ),
        (
            "https://app.snowflake.com/west-europe.azure/xy12345",
            "xy12345.west-europe.azure",
            "XY12345",
            "xy12345.west-europe.azure.snowflakecomputing.com",
        ),
        ("xy12345", "xy12345", "XY12345", "xy12345.snowflakecomputing.com"),
        ("xy12345.us-east-1", "xy12345.us-east-1", "XY12345", "xy12345.us-east-1.snowflakecomputing.com"),
        (
            "https://xy12345.eu-central-1.snowflakecomputing.com/console/login#/",
            "xy12345.eu-central-1",
            "XY12345",
            "xy12345.eu-central-1.snowflakecomputing.com",
        ),
        ("XY12345.snowflakecomputing.com.", "xy12345", "XY12345", "xy12345.snowflakecomputing.com"),
        (
            "myorg-my_account.snowflakecomputing.com:443",
            "myorg-my_account",
            "MYORG-MY_ACCOUNT",
            "myorg-my-account.snowflakecomputing.com",
        ),
        (
            "jdbc:snowflake://xy12345.snowflakecomputing.com/?db=a",
            "xy12345",
            "XY12345",
            "xy12345.snowflakecomputing.com",
        ),
        ("acct-abc.global", "acct-abc.global", "ACCT", "acct-abc.global.snowflakecomputing.com"),
    ];
    assert_found(&expect);
    for text in [
        "",
        "https://example.com/",
        "https://app.snowflake.com/",
        "https://app.us-east-1.privatelink.snowflakecomputing.com/",
        "my account",
        "a/b",
        "a..b",
        "postgres://db/x",
    ] {
        assert_eq!(Account::parse(text), None, "{text}");
    }
}

#[test]
fn credentials_follow_a_redirect_only_inside_snowflake() {
    let may = |from: &str, to: &str| {
        account::may_follow(&url::Url::parse(from).unwrap(), &url::Url::parse(to).unwrap())
    };
    assert!(may("https://a.snowflakecomputing.com/x", "https://b.eu-west-1.snowflakecomputing.com/y"));
    assert!(may("http://127.0.0.1:1/x", "http://127.0.0.1:1/y"));
    assert!(!may("https://a.snowflakecomputing.com/x", "http://a.snowflakecomputing.com/x"));
    assert!(!may("https://a.snowflakecomputing.com/x", "https://a.snowflakecomputing.com.example.com/x"));
    assert!(!may("https://a.snowflakecomputing.com/x", "https://evilsnowflakecomputing.com/x"));
    assert!(!may("http://127.0.0.1:1/x", "http://localhost:1/x"));
}

#[test]
fn what_snowflake_shows_fills_the_form() {
    let toml = "[connections.my_example_connection]\naccount = \"MYORG-ACCOUNT1\"\nuser = \"ANA\"\nauthenticator = \"externalbrowser\"\nrole = \"ANALYST\"\nwarehouse = \"WH\"\ndatabase = \"<none selected>\"\nschema = \"PUBLIC\"\n";
    let expect = [
        "account=myorg-account1",
        "role=ANALYST",
        "user=ANA",
        "warehouse=WH",
        "unused authenticator externalbrowser",
        "unused schema",
    ];
    assert_eq!(pasted(toml), expect);
    let jdbc = "jdbc:snowflake://xy12345.snowflakecomputing.com/?user=ANA&warehouse=WH&db=SHOP&role=R&password=a%26b";
    assert_eq!(
        pasted(jdbc),
        [
            "account=xy12345",
            "auth=password",
            "database=SHOP",
            "password=a&b",
            "role=R",
            "user=ANA",
            "warehouse=WH"
        ]
    );
    assert_eq!(pasted("https://app.snowflake.com/myorg/account1/w1"), ["account=myorg-account1"]);
    for account in ["myorg-account1", "xy12345.eu-central-1", "xy12345.west-europe.azure"] {
        assert_eq!(pasted(account), [format!("account={account}")]);
    }
    for text in ["hello", "db.example.com", "my-shop.com", "db.my-shop.com", "my-shop@example.com"] {
        assert!(Snowflake.paste(text).is_none(), "{text}");
    }
    assert_eq!(
        pasted("snowflake://ana:p%40ss@myorg-account1/SHOP/PUBLIC?warehouse=WH"),
        [
            "account=myorg-account1",
            "auth=password",
            "database=SHOP",
            "password=p@ss",
            "user=ana",
            "warehouse=WH"
        ]
    );
    let pem = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    assert_eq!(pasted(pem)[0], "auth=key_pair");
}

#[test]
fn other_text_is_left_alone() {
    for text in [
        "",
        "hello",
        "https://example.com/?a=b",
        "postgres://a/b",
        "a = b",
        "-----BEGIN CERTIFICATE-----\nAA\n",
    ] {
        assert!(Snowflake.paste(text).is_none(), "{text}");
    }
}

mod forms {
    use crate::warehouses::snowflake::values::{Form, decimal_float, fixed};

    fn text(form: Form, text: &str) -> String {
        let mut out = Vec::new();
        match form.write_text(text, &mut out) {
            Ok(()) => String::from_utf8(out).unwrap(),
            Err(reason) => format!("! {reason}"),
        }
    }

    #[test]
    fn numbers_keep_every_digit() {
        let number = |number, scale| {
            let mut out = Vec::new();
            fixed(number, scale, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(number(1_999, 2), "19.99");
        assert_eq!(number(-5, 2), "-0.05");
        assert_eq!(number(0, 2), "0");
        assert_eq!(number(10, 1), "1");
        assert_eq!(number(9_007_199_254_740_993, 0), "\"9007199254740993\"");
        assert_eq!(number(i128::from(i64::MAX) * 10, 0), "\"92233720368547758070\"");
        assert_eq!(number(-(10_i128.pow(38) - 1), 37), "\"-9.9999999999999999999999999999999999999\"");
        assert_eq!(number(i128::MIN, 38), "\"-1.70141183460469231731687303715884105728\"");
        for (value, scale) in [(1_999_i128, 2_u32), (-5, 2), (0, 2), (123_456_789_012_345_678, 4)] {
            let plain = format!("{}", value.unsigned_abs());
            let padded = format!("{plain:0>width$}", width = scale as usize + 1);
            let (whole, decimals) = padded.split_at(padded.len() - scale as usize);
            let sign = if value < 0 { "-" } else { "" };
            assert_eq!(text(Form::Fixed(scale), &format!("{sign}{whole}.{decimals}")), number(value, scale));
        }
    }

    #[test]
    fn text_forms() {
        assert_eq!(text(Form::Date, "-719162"), "\"0001-01-01\"");
        assert_eq!(text(Form::Date, "-719163"), "! lies outside the years 1 to 9999");
        assert_eq!(text(Form::Moment(9, true), "1700000000.123000000"), "\"2023-11-14T22:13:20.123Z\"");
        assert_eq!(text(Form::Moment(9, false), "-0.000000001"), "\"1969-12-31T23:59:59.999999999\"");
        assert_eq!(text(Form::MomentWithOffset(9), "1700000000.000000000 1560"), "\"2023-11-14T22:13:20Z\"");
        assert_eq!(text(Form::Time(9), "30600.500000000"), "\"08:30:00.500\"");
        assert_eq!(text(Form::Boolean, "1"), "true");
        assert_eq!(text(Form::Boolean, "FALSE"), "false");
        assert_eq!(text(Form::Boolean, "2"), "! came in a form Sluice does not know");
        assert_eq!(text(Form::Bytes, "DEADBEEF"), "\"3q2+7w==\"");
        assert_eq!(text(Form::Bytes, "DEA"), "! came in a form Sluice does not know");
        assert_eq!(text(Form::Float, "NaN"), "! is not a number (NaN)");
        assert_eq!(text(Form::Float, "1.5e300"), "1.5e+300");
        assert_eq!(text(Form::Document, "{\n  \"a\": [1, null]\n}"), "{\"a\":[1,null]}");
        assert_eq!(
            text(Form::List, "[ undefined, 1 ]"),
            "! holds a value that JSON does not have (undefined, NaN or infinity)"
        );
        assert_eq!(text(Form::Vector(false), "[0.100000,2.000000]"), "[0.1,2.0]");
        assert_eq!(text(Form::Vector(true), "[1,-2]"), "[1,-2]");
        assert_eq!(text(Form::Months, "-15"), "\"P-1Y-3M\"");
        assert_eq!(text(Form::Nanos, "0"), "\"PT0S\"");
        assert_eq!(text(Form::Nanos, "90000000000000"), "\"P1DT1H\"");
        assert_eq!(text(Form::Nanos, "1 day"), "! came in a form Sluice does not know");
        assert_eq!(text(Form::DecFloat, "1.25e2"), "125");
        assert_eq!(text(Form::DecFloat, "-1.25"), "-1.25");
        assert_eq!(text(Form::DecFloat, "5e-100"), "\"5E-100\"");
        let mut out = Vec::new();
        decimal_float(-125, -2, &mut out).unwrap();
        assert_eq!(out, b"-1.25");
    }
}
