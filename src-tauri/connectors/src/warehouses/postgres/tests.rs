use super::*;

fn pasted(text: &str) -> Vec<String> {
    let (settings, unused) = Postgres.paste(text).unwrap();
    let settings = settings.into_iter().map(|(key, value)| format!("{key}={value}"));
    settings.chain(unused.into_iter().map(|name| format!("unused {name}"))).collect()
}

#[test]
fn a_url_fills_the_form() {
    let url =
        " postgresql://ana:p%40ss%2Fword@db.example.com:6543/shop?sslmode=verify-full&application_name=x\n";
    let expect = [
        "database=shop",
        "host=db.example.com",
        "password=p@ss/word",
        "port=6543",
        "tls=verify-full",
        "user=ana",
        "unused application_name",
    ];
    assert_eq!(pasted(url), expect);
    for kind in ["postgresql+psycopg2", "postgres+asyncpg", "Postgresql"] {
        assert_eq!(pasted(&format!("{kind}://ana@db/shop")), ["database=shop", "host=db", "user=ana"]);
    }
    assert_eq!(pasted("postgres://ana@[::1]/shop"), ["database=shop", "host=::1", "user=ana"]);
}

#[test]
fn a_jdbc_address_fills_the_form() {
    let jdbc = "jdbc:postgresql://db.example.com:5432/shop?user=ana&password=a%26b&ssl=true&currentSchema=x";
    let expect = [
        "database=shop",
        "host=db.example.com",
        "password=a&b",
        "port=5432",
        "tls=verify-full",
        "user=ana",
        "unused currentSchema",
    ];
    assert_eq!(pasted(jdbc), expect);
}

#[test]
fn a_connection_string_fills_the_form() {
    let pairs = r"host=db.example.com,db2.example.com port = 5433 dbname='my shop' user=ana password='it\'s' sslmode=prefer sslrootcert=/ca.pem";
    let expect = [
        "ca_file=/ca.pem",
        "database=my shop",
        "host=db.example.com",
        "password=it's",
        "port=5433",
        "tls=require",
        "user=ana",
        "unused host db2.example.com",
    ];
    assert_eq!(pasted(pairs), expect);
}

#[test]
fn other_text_is_left_alone() {
    for text in ["", "hello", "https://example.com/?a=b", "a=b", "{\"host\": 1}", "host='open"] {
        assert!(Postgres.paste(text).is_none(), "{text}");
    }
}

#[test]
fn a_value_that_is_cut_short_is_unreadable_and_no_panic() {
    use form::Form;
    let list = Form::List(Box::new(Form::Decimal));
    let record = Form::Record(vec![("a".into(), Form::Hstore)]);
    let forms = [
        Form::Boolean,
        Form::Int2,
        Form::Int4,
        Form::Int8,
        Form::Oid,
        Form::Float4,
        Form::Float8,
        Form::Decimal,
        Form::Date,
        Form::Time,
        Form::TimeWithZone,
        Form::Timestamp,
        Form::TimestampWithZone,
        Form::Interval,
        Form::Uuid,
        Form::Jsonb,
        Form::Address,
        Form::Bits,
        Form::LogPosition,
        Form::Hstore,
        list,
        record,
    ];
    let bytes: Vec<u8> = (0..64_u8).map(|byte| byte.wrapping_mul(37)).collect();
    for form in forms {
        assert!(form.write(&[], &mut Vec::new()).is_err(), "{form:?}");
        for end in 0..bytes.len() {
            drop(form.write(&bytes[..end], &mut Vec::new()));
        }
    }
}
