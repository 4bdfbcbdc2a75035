//! What the stand-in does not show, from servers that follow a script: sign-in as Redshift does it, and reads that end
//! badly.

use sha2::{Digest as _, Sha256};
use sluice_engine::error::ErrorKind;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// One connection of a scripted server.
pub(crate) struct Client(TcpStream);

impl Client {
    pub(crate) async fn sized(&mut self) -> Vec<u8> {
        let length = self.0.read_u32().await.unwrap();
        let mut body = vec![0; length as usize - 4];
        self.0.read_exact(&mut body).await.unwrap();
        body
    }

    /// The next message; `None` where the client has gone.
    pub(crate) async fn message(&mut self) -> Option<(u8, Vec<u8>)> {
        let tag = self.0.read_u8().await.ok()?;
        Some((tag, self.sized().await))
    }

    pub(crate) async fn send(&mut self, tag: u8, parts: &[&[u8]]) {
        let body = parts.concat();
        let length = (body.len() as u32 + 4).to_be_bytes();
        drop(self.0.write_all(&[&[tag], &length[..], &body].concat()).await);
    }

    pub(crate) async fn error(&mut self, state: &str, message: &str) {
        let fields = format!("SERROR\0C{state}\0M{message}\0\0");
        self.send(b'E', &[fields.as_bytes()]).await;
    }

    pub(crate) async fn ready(&mut self) {
        self.send(b'Z', &[b"I"]).await;
    }

    pub(crate) async fn welcome(&mut self) {
        self.send(b'R', &[&0_u32.to_be_bytes()]).await;
        self.send(b'S', &[b"server_version\08.0.2\0"]).await;
        self.send(b'K', &[&[0, 0, 0, 7, 0, 0, 0, 9]]).await;
        self.ready().await;
    }
}

/// A server that serves each connection with `script`, once its startup message was read.
pub(crate) async fn scripted<F: Future<Output = ()> + Send + 'static>(
    script: impl Fn(Client, Vec<u8>) -> F + Send + 'static,
) -> Access {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_nodelay(true).unwrap();
            let mut client = Client(stream);
            let startup = client.sized().await;
            tokio::spawn(script(client, startup));
        }
    });
    let settings = [
        ("host", "127.0.0.1".to_owned()),
        ("port", port.to_string()),
        ("database", "dev".to_owned()),
        ("user", "ana".to_owned()),
        ("tls", "disable".to_owned()),
    ];
    let settings = settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    Access { settings, password: "pass word é".into() }
}

/// Answers every query with nothing, until the client has gone.
async fn content(mut client: Client) {
    while let Some((tag, _)) = client.message().await {
        if tag == b'Q' {
            client.send(b'C', &[b"SET\0"]).await;
            client.ready().await;
        }
    }
}

async fn refused(access: &Access) -> Error {
    let error = access.open().tables().await.unwrap_err();
    assert!(!format!("{error:?} {:?}", error.fix()).contains("pass word"), "{error:?}");
    error
}

/// The request and the answer of the vendor's drivers:
/// <https://github.com/aws/amazon-redshift-python-driver/blob/master/redshift_connector/core.py> (`AUTH_REQ_DIGEST`) and
/// <https://github.com/aws/amazon-redshift-python-driver/blob/master/redshift_connector/utils/extensible_digest.py>.
#[tokio::test]
async fn a_password_kept_as_sha_256_signs_in() {
    let access = scripted(async |mut client: Client, startup| {
        let startup = String::from_utf8_lossy(&startup[4..]).into_owned();
        assert!(startup.starts_with("user\0ana\0database\0dev\0"), "{startup}");
        let (salt, nonce) = (b"0123456789abcdef".as_slice(), b"server nonce".as_slice());
        let sized = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes()[..], bytes].concat();
        let request =
            [&13_u32.to_be_bytes()[..], &0_u32.to_be_bytes()[..], &sized(salt), &sized(nonce)].concat();
        client.send(b'R', &[&request]).await;
        let (tag, answer) = client.message().await.unwrap();
        assert_eq!((tag, &answer[..4]), (b'd', &32_u32.to_be_bytes()[..]));
        let client_nonce = &answer[40..];
        assert_eq!(answer[36..40], (client_nonce.len() as u32).to_be_bytes());
        let kept = Sha256::digest(["pass word é".as_bytes(), salt].concat());
        let digest = Sha256::digest([&kept[..], nonce, client_nonce].concat());
        if answer[4..36] == digest[..] && !client_nonce.is_empty() {
            client.welcome().await;
            content(client).await;
        } else {
            client.error("28000", "password authentication failed for user \"ana\"").await;
        }
    })
    .await;
    assert!(access.open().tables().await.unwrap().is_empty());
    let wrong = Access { password: "wrong".into(), ..access };
    let error = refused(&wrong).await;
    assert_eq!(error.kind(), ErrorKind::SignInFailed);
    assert!(error.message().contains("“ana” or the password"), "{}", error.message());
    assert!(error.hint().contains("require_ssl"), "{}", error.hint());
    assert_eq!(error.fix(), Some("ALTER USER \"ana\" PASSWORD 'choose a long password';"));
}

/// The numbers are those of
/// <https://github.com/aws/amazon-redshift-jdbc-driver/blob/master/src/main/java/com/amazon/redshift/core/v3/ConnectionFactoryImpl.java>.
#[tokio::test]
async fn other_ways_to_sign_in_are_refused_with_the_reason() {
    let cases: [(&[u32], &str); 6] = [
        (&[3], "in the clear"),
        (&[7], "number 7"),
        (&[10], "as PostgreSQL does"),
        (&[13, 1, 0, 0], "in a form Sluice does not know (number 1)"),
        (&[14], "identity provider"),
        (&[99], "number 99"),
    ];
    for (request, expect) in cases {
        let access = scripted(async move |mut client: Client, _| {
            let request: Vec<u8> = request.iter().flat_map(|number| number.to_be_bytes()).collect();
            client.send(b'R', &[&request]).await;
            assert!(client.message().await.is_none(), "no password is sent");
        })
        .await;
        let error = refused(&access).await;
        assert_eq!(error.kind(), ErrorKind::SignInFailed);
        assert!(error.message().contains(expect), "{}", error.message());
        assert_eq!(error.fix().is_some(), error.hint().contains("statement below"), "{}", error.hint());
    }
}

/// As a cluster answers that has all its connections taken.
#[tokio::test]
async fn a_server_without_a_free_connection_is_told() {
    let access = scripted(async move |mut client: Client, _| {
        client.error("53300", "connection limit \"500\" exceeded for non-bootstrap users").await;
    })
    .await;
    assert_eq!(refused(&access).await.kind(), ErrorKind::NoConnectionLeft);
}

#[tokio::test]
async fn a_sign_in_that_is_cut_short_or_garbled_is_no_panic() {
    let requests: [&[u8]; 4] =
        [&[], &[0, 0, 0, 5], &[0, 0, 0, 13, 0, 0], &[0, 0, 0, 13, 0, 0, 0, 0, 255, 255, 255, 255]];
    for request in requests {
        let access = scripted(async move |mut client: Client, _| client.send(b'R', &[request]).await).await;
        let kind = refused(&access).await.kind();
        assert!(matches!(kind, ErrorKind::BadAnswer | ErrorKind::Unreachable), "{request:?}: {kind:?}");
    }
}

/// Serves a query of one column, whose pages are answered by `fetch`, with the page's number from 0.
pub(crate) async fn reading<F: Future<Output = Client> + Send>(
    mut client: Client,
    fetch: impl Fn(Client, usize) -> F + Send,
) {
    client.welcome().await;
    let mut page = 0;
    while let Some((tag, body)) = client.message().await {
        let text = String::from_utf8_lossy(&body).into_owned();
        match tag {
            b'D' => {
                let column =
                    [&b"\0\x01id\0"[..], &[0; 6], &23_u32.to_be_bytes(), &[0, 4, 255, 255, 255, 255, 0, 0]];
                client.send(b'T', &column).await;
            }
            b'S' => client.ready().await,
            b'Q' if text.contains("FETCH FORWARD") => {
                client = fetch(client, page).await;
                page += 1;
            }
            b'Q' if text.contains("pg_backend_pid") => {
                row(&mut client, "7").await;
                client.send(b'C', &[b"SELECT\0"]).await;
                client.ready().await;
            }
            b'Q' => {
                client.send(b'C', &[b"DECLARE CURSOR\0"]).await;
                client.ready().await;
            }
            _ => {}
        }
    }
}

pub(crate) async fn row(client: &mut Client, value: &str) {
    client.send(b'D', &[&[0, 1], &(value.len() as u32).to_be_bytes(), value.as_bytes()]).await;
}

pub(crate) async fn fetched(client: &mut Client, count: usize) {
    client.send(b'C', &[format!("FETCH {count}\0").as_bytes()]).await;
}

/// Reads to the end or the first error.
async fn end_of(access: &Access) -> (u64, Option<Error>, Option<u64>) {
    let mut rows = access.open().read(&all(sql("select id from t"))).await.unwrap();
    let mut count = 0;
    loop {
        match rows.next().await {
            Ok(Some(batch)) => count += batch.rows() as u64,
            Ok(None) => return (count, None, rows.server_rows()),
            Err(error) => return (count, Some(error), rows.server_rows()),
        }
    }
}

#[tokio::test]
async fn a_short_fetch_is_no_end_and_the_last_one_is_empty() {
    let access = scripted(async |client, _| {
        reading(client, async |mut client: Client, page| {
            for id in 0..if page < 3 { 2 } else { 0 } {
                row(&mut client, &id.to_string()).await;
            }
            fetched(&mut client, if page < 3 { 2 } else { 0 }).await;
            client.ready().await;
            client
        })
        .await;
    })
    .await;
    let (count, error, counted) = end_of(&access).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!((count, counted), (6, Some(6)));
}

#[tokio::test]
async fn rows_that_are_not_as_many_as_the_server_counted_are_no_read() {
    for claimed in [1, 3] {
        let access = scripted(move |client, _| {
            reading(client, move |mut client: Client, _| async move {
                row(&mut client, "1").await;
                row(&mut client, "2").await;
                fetched(&mut client, claimed).await;
                fetched(&mut client, 0).await;
                client.ready().await;
                client
            })
        })
        .await;
        let (_, error, counted) = end_of(&access).await;
        assert_eq!(error.unwrap().kind(), ErrorKind::BadAnswer);
        assert_eq!(counted, None);
    }
}

/// Redshift's own errors while rows are fetched, as users meet them: a query stopped by a queue's rule, a cluster that
/// restarts, and a file of Spectrum that can not be read, whose words name a bucket.
#[tokio::test]
async fn an_error_between_rows_is_told_and_is_no_end() {
    let cases = [
        (
            "57014",
            "Query (1) cancelled by WLM abort action of Query Monitoring Rule \"long\"",
            ErrorKind::TimedOut,
        ),
        ("57P01", "terminating connection due to administrator command", ErrorKind::ServerFailed),
        ("XX000", "Spectrum Scan Error", ErrorKind::ServerFailed),
        ("22003", "Numeric data overflow: secret", ErrorKind::ValueInQuery),
    ];
    for (state, message, kind) in cases {
        let access = scripted(move |client, _| {
            reading(client, move |mut client: Client, page| async move {
                if page == 0 {
                    row(&mut client, "1").await;
                    fetched(&mut client, 1).await;
                } else {
                    client.error(state, message).await;
                }
                client.ready().await;
                client
            })
        })
        .await;
        let (_, error, counted) = end_of(&access).await;
        let error = error.unwrap();
        assert_eq!((error.kind(), counted), (kind, None));
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        assert!(!format!("{} {}", error.safe(), error.hint()).contains("tried again"), "{error:?}");
    }
}

#[tokio::test]
async fn a_read_nobody_waits_for_is_cancelled_with_the_server_s_own_key() {
    let (heard, mut told) = tokio::sync::mpsc::unbounded_channel();
    let access = scripted(move |client: Client, startup: Vec<u8>| {
        let heard = heard.clone();
        async move {
            if startup.starts_with(&80_877_102_u32.to_be_bytes()) {
                heard.send(startup[4..].to_vec()).unwrap();
                return;
            }
            // The first FETCH is never answered.
            reading(client, async |client: Client, _| {
                std::future::pending::<()>().await;
                client
            })
            .await;
        }
    })
    .await;
    let mut rows = access.open().read(&all(sql("select id from t"))).await.unwrap();
    assert!(tokio::time::timeout(std::time::Duration::from_millis(1), rows.next()).await.is_err());
    drop(rows);
    assert_eq!(told.recv().await.unwrap(), [0, 0, 0, 7, 0, 0, 0, 9]);
}

/// Each kind of table has its own grant:
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html>,
/// <https://docs.aws.amazon.com/redshift/latest/dg/writes-granting.html> and
/// <https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html>.
#[tokio::test]
async fn what_may_not_be_read_is_asked_for_as_its_kind_needs_it() {
    let access = scripted(async |mut client: Client, _| {
        client.welcome().await;
        while let Some((tag, _)) = client.message().await {
            match tag {
                b'P' => client.error("42501", "permission denied for schema spectrum").await,
                b'Q' => client.send(b'C', &[b"SET\0"]).await,
                _ => {}
            }
            if matches!(tag, b'Q' | b'S') {
                client.ready().await;
            }
        }
    })
    .await;
    let asked = async |query| {
        let error = access.open().columns(&query).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotAllowed);
        error.fix().unwrap().to_owned()
    };
    let of_view = "-- The owner of a late-binding view needs SELECT on what the view reads.";
    let external = [
        "GRANT USAGE ON SCHEMA \"spectrum\" TO \"ana\";",
        "-- This too, unless it is an external schema (Spectrum), of which USAGE is enough:",
        "GRANT SELECT ON \"spectrum\".\"events\" TO \"ana\";",
        of_view,
    ]
    .join("\n");
    assert_eq!(asked(table("spectrum.events")).await, external);
    assert_eq!(asked(sql("select * from Spectrum.Events e")).await, external);
    let shared = [
        "GRANT USAGE ON DATABASE \"sales.db\" TO \"ana\";",
        "-- Where that database was made WITH PERMISSIONS, this too:",
        "GRANT SELECT ON \"sales.db\".\"public\".\"orders\" TO \"ana\";",
        of_view,
    ]
    .join("\n");
    let name = sluice_engine::sync::TableName::new("\"sales.db\".public", "orders");
    assert_eq!(asked(Query::Table(name)).await, shared);
    assert_eq!(asked(sql("select * from \"sales.db\".public.orders")).await, shared);
}

/// <https://docs.aws.amazon.com/redshift/latest/APIReference/API_GetClusterCredentials.html>: the names and how long they last.
#[tokio::test]
async fn a_password_of_aws_that_has_run_out_is_explained() {
    let access = scripted(async |mut client: Client, _| {
        client.error("28000", "password authentication failed for user \"IAM:ana\"").await;
    })
    .await;
    let error = refused(&access.with("user", "IAM:ana")).await;
    assert_eq!(error.kind(), ErrorKind::SignInFailed);
    assert!(error.hint().contains("an hour at most"), "{}", error.hint());
    assert!(error.fix().unwrap().starts_with("CREATE USER sluice_reader"), "{:?}", error.fix());
}
