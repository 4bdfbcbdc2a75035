//! What Redshift does not take, and how it is told from PostgreSQL.

/// Unsupported features, functions and types, by what a statement has in it once its texts and names are blanked.
///
/// * <https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-features.html>
/// * <https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-datatypes.html>
/// * <https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-functions.html>
/// * `DISCARD`: <https://github.com/npgsql/npgsql/issues/1426>
/// * `pg_range`, `pg_enum`: PostgreSQL 8.0, of which Redshift's catalogue is, had neither
/// * `E''`, `ON CONFLICT`, `FILTER`, `RETURNING`, `EXPLAIN (…)`: came to PostgreSQL after 8.0
/// * `TRUNCATE` ends the transaction it is in: <https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNCATE.html>
const REFUSED: &[&str] = &[
    "copy ",
    "discard",
    "savepoint",
    "listen ",
    "pg_range",
    "pg_enum",
    "to_regclass",
    "pg_advisory",
    "format(",
    "string_agg(",
    "array_agg(",
    "array[",
    "unnest(",
    "generate_series(",
    "pg_sleep(",
    "encode(",
    "::uuid",
    "::bytea",
    "::json",
    "uuid,",
    "[]",
    "e''",
    "on conflict",
    "returning",
    "filter (",
    "(values",
    "distinct on",
    "lateral ",
    "create index",
    "comment on",
    "truncate",
    "do $",
    "explain (",
];

/// Parameters a session may set, of
/// <https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_ConfigurationRef.html>; those PostgreSQL has too.
const PARAMETERS: &[&str] =
    &["datestyle", "timezone", "extra_float_digits", "statement_timeout", "search_path"];
/// Those only Redshift has.
const ONLY_THERE: &[&str] =
    &["query_group", "describe_field_name_in_uppercase", "enable_case_sensitive_identifier"];

/// Type numbers of PostgreSQL that stand for Redshift's, of
/// <https://github.com/aws/amazon-redshift-python-driver/blob/master/redshift_connector/utils/oids.py>:
/// documents for SUPER, bytes for VARBYTE, a path for GEOMETRY.
const NUMBERS: &[(u32, u32)] = &[(114, 4000), (3802, 4000), (17, 6551), (602, 3000)];

/// The statement as PostgreSQL gets it: what Redshift alone knows in other words, and what it refuses as a call of a
/// function that does not exist, which names what was refused.
pub(super) fn kept(sql: &str) -> String {
    let blanked = blanked(sql);
    if let Some(refused) = REFUSED.iter().find(|refused| blanked.contains(**refused)) {
        return refusal(refused);
    }
    for set in
        blanked.split("set ").skip(1).filter(|_| blanked.starts_with("set ") || blanked.contains("; set "))
    {
        let parameter = set.split([' ', '=']).next().unwrap_or_default();
        if ![PARAMETERS, ONLY_THERE].concat().contains(&parameter) {
            return refusal(&format!("set {parameter}"));
        }
    }
    // https://github.com/PostHog/posthog/pull/78729: the limit of a cluster of one node, and its words.
    for fetch in blanked.split("fetch forward ").skip(1) {
        let size: u64 = fetch.split(' ').next().and_then(|size| size.parse().ok()).unwrap_or(u64::MAX);
        if size > 1_000 {
            return refusal(&format!(
                "Fetch size {size} exceeds the limit of 1000 for a single node configuration"
            ));
        }
    }
    if blanked == "select version()" {
        return "SELECT 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2, Redshift 1.0.77467'".into();
    }
    let renamed =
        |sql: String, name: &&str| sql.replace(&format!("SET {name} "), &format!("SET redshift.{name} "));
    ONLY_THERE.iter().fold(sql.to_owned(), renamed)
}

fn refusal(what: &str) -> String {
    format!("SELECT \"Redshift refuses: {}\"()", what.replace('"', "").chars().take(40).collect::<String>())
}

/// In small letters, with nothing in texts and quoted names, and one space between words.
fn blanked(sql: &str) -> String {
    let mut out = String::new();
    let mut within = None;
    for c in sql.chars().map(|c| c.to_ascii_lowercase()) {
        match within {
            Some(quote) if c == quote => {
                within = None;
                out.push(c);
            }
            Some(_) => {}
            None if c == '\'' || c == '"' => {
                within = Some(c);
                out.push(c);
            }
            None if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            None => out.push(c),
        }
    }
    out.trim().to_owned()
}

/// Gives the columns of a `RowDescription` Redshift's type numbers.
pub(super) fn renumber(body: &mut [u8]) {
    let count = u16::from_be_bytes([body[0], body[1]]);
    let mut at = 2;
    for _ in 0..count {
        while body[at] != 0 {
            at += 1;
        }
        let number = at + 7..at + 11;
        let ours = u32::from_be_bytes(body[number.clone()].try_into().unwrap());
        if let Some((_, theirs)) = NUMBERS.iter().find(|(number, _)| *number == ours) {
            body[number].copy_from_slice(&theirs.to_be_bytes());
        }
        at += 19;
    }
}
