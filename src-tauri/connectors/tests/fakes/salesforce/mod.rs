//! A stand-in for Salesforce: keeps records, takes collections and jobs, and refuses what the real one refuses. Judged
//! itself by jsforce and simple-salesforce.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod jobs;
mod records;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use base64::Engine as _;
use serde_json::{Value, json};
use url::form_urlencoded;

/// A running stand-in.
pub struct Fake {
    /// Its address.
    pub url: String,
    world: Arc<Mutex<World>>,
}

/// Everything it knows.
pub struct World {
    url: String,
    /// Leads by id.
    pub leads: BTreeMap<String, BTreeMap<String, Value>>,
    /// The id of each lead by its external id in lower case.
    by_ext: HashMap<String, String>,
    jobs: BTreeMap<String, jobs::Job>,
    /// Method and path of each request.
    pub requests: Vec<String>,
    /// How often somebody signed in; only the last session counts.
    sessions: u32,
    /// The refresh token that is good for one use.
    pub refresh_token: String,
    /// Challenges of people who said yes in the browser, by the code that each was sent back with.
    codes: HashMap<String, String>,
    /// Requests that may still be made today.
    pub left: u64,
    /// Records that are locked once.
    pub locked: HashSet<String>,
    /// Looks at a job before it is done.
    pub looks: u32,
    /// Records of jobs that are worked off in a second, one job after the other; else looks decide.
    pub in_a_second: Option<f64>,
    /// Until when the jobs that were handed over are worked on.
    busy_until: Instant,
    /// Requests that were refused as a whole.
    pub refused: u64,
    made: u64,
}

/// Status, content type and body.
pub(crate) type Said = (u16, &'static str, String);

impl Fake {
    /// Starts on a free port of this computer.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let world = Arc::new(Mutex::new(World {
            url: url.clone(),
            leads: BTreeMap::new(),
            by_ext: HashMap::new(),
            jobs: BTreeMap::new(),
            requests: Vec::new(),
            sessions: 0,
            refresh_token: "refresh-0".to_owned(),
            codes: HashMap::new(),
            left: 15_000,
            locked: HashSet::new(),
            looks: 1,
            in_a_second: None,
            busy_until: Instant::now(),
            refused: 0,
            made: 0,
        }));
        let app = axum::Router::new()
            .fallback(handle)
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::clone(&world));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, world }
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// The lead with this external id.
    pub fn lead(&self, ext: &str) -> Option<BTreeMap<String, Value>> {
        self.world().leads.values().find(|lead| lead.get("Ext__c") == Some(&json!(ext))).cloned()
    }
}

async fn handle(
    State(world): State<Arc<Mutex<World>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let header =
        |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let mut world = world.lock().unwrap();
    world.requests.push(format!("{method} {}", uri.path()));
    let ask = Ask {
        method: method.as_str().to_owned(),
        path: uri.path().trim_end_matches('/').to_owned(),
        query: form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect(),
        authorization: header("authorization"),
        content_type: header("content-type"),
        body: body.to_vec(),
    };
    let (status, content_type, said) = world.answer(&ask);
    world.refused += u64::from(status >= 400);
    let used = 15_000 - world.left;
    let answer = Response::builder().status(status);
    let answer = if status == 302 { answer.header("location", said.clone()) } else { answer };
    answer
        .header("content-type", content_type)
        .header("sforce-limit-info", format!("api-usage={used}/15000"))
        .body(Body::from(said))
        .unwrap()
}

pub(crate) struct Ask {
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    authorization: String,
    content_type: String,
    body: Vec<u8>,
}

impl Ask {
    fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

pub(crate) fn ok(value: &Value) -> Said {
    (200, "application/json;charset=UTF-8", value.to_string())
}

pub(crate) fn refused(status: u16, code: &str, message: &str) -> Said {
    (status, "application/json;charset=UTF-8", json!([{ "errorCode": code, "message": message }]).to_string())
}

fn not_found() -> Said {
    refused(404, "NOT_FOUND", "The requested resource does not exist")
}

impl World {
    /// How many records each job had.
    pub fn jobs(&self) -> Vec<usize> {
        self.jobs.values().map(jobs::Job::records).collect()
    }

    /// The access token that counts.
    pub fn session(&self) -> String {
        format!("00Dxx!SESSION.{}", self.sessions)
    }

    /// The session in use is over.
    pub fn expire(&mut self) {
        self.sessions += 1;
    }

    pub(crate) fn new_id(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}{:0>12}AAA", self.made)
    }

    fn answer(&mut self, ask: &Ask) -> Said {
        if ask.path == "/services/oauth2/authorize" {
            return self.say_yes(ask);
        }
        if ask.path == "/services/oauth2/token" {
            return self.sign_in(ask);
        }
        if ask.path == "/services/data" {
            return ok(&json!([{ "label": "Spring '26", "url": "/services/data/v66.0", "version": "66.0" }]));
        }
        if ask.authorization != format!("Bearer {}", self.session()) {
            return refused(401, "INVALID_SESSION_ID", "Session expired or invalid");
        }
        if self.left == 0 {
            return refused(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
        }
        self.left -= 1;
        let Some(rest) = ask.path.strip_prefix("/services/data/v66.0/") else { return not_found() };
        let path: Vec<String> = rest
            .split('/')
            .map(|part| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (ask.method.as_str(), &*path) {
            ("GET", ["limits"]) => {
                ok(&json!({ "DailyApiRequests": { "Max": 15_000, "Remaining": self.left } }))
            }
            ("POST", ["composite"]) => self.composite(ask),
            (_, ["jobs", "ingest", rest @ ..]) => self.job(ask, rest),
            _ => self.records(ask, &path),
        }
    }

    /// The page where a person signs in and says yes: this one always does, and is sent back with a code.
    fn say_yes(&mut self, ask: &Ask) -> Said {
        let given = |key: &str| ask.query.get(key).map(String::as_str).unwrap_or_default();
        let listed = (1717..=1719)
            .any(|port| given("redirect_uri") == format!("http://localhost:{port}/OauthRedirect"));
        if given("client_id") != "CONSUMER_KEY" || given("response_type") != "code" || !listed {
            return (400, "text/html", "error=redirect_uri_mismatch".to_owned());
        }
        if given("code_challenge_method") != "S256" || !given("scope").contains("refresh_token") {
            return (400, "text/html", "error=invalid_request".to_owned());
        }
        let code = self.new_id("aPrx");
        self.codes.insert(code.clone(), given("code_challenge").to_owned());
        let back = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("code", code.as_str()), ("state", given("state"))])
            .finish();
        (302, "text/html", format!("{}?{back}", given("redirect_uri")))
    }

    /// A code is good for one use, by whoever knows what its challenge was made of.
    fn knows_verifier(&mut self, code: &str, verifier: &str) -> bool {
        let hash = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
        let challenge = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(hash.as_ref());
        self.codes.remove(code) == Some(challenge)
    }

    fn sign_in(&mut self, ask: &Ask) -> Said {
        let form: BTreeMap<String, String> = form_urlencoded::parse(&ask.body).into_owned().collect();
        let given = |key: &str| form.get(key).map(String::as_str).unwrap_or_default();
        let no = |error: &str, words: &str| {
            (400, "application/json", json!({ "error": error, "error_description": words }).to_string())
        };
        if given("client_id") != "CONSUMER_KEY" {
            return no("invalid_client_id", "client identifier invalid");
        }
        let mut answer = json!({ "instance_url": self.url, "token_type": "Bearer", "id": format!("{}/id/00Dxx/005xx", self.url) });
        match given("grant_type") {
            "client_credentials" if given("client_secret") == "CONSUMER_SECRET" => {}
            "client_credentials" => return no("invalid_client", "invalid client credentials"),
            "refresh_token" if given("refresh_token") == self.refresh_token => {
                self.refresh_token = format!("refresh-{}", self.sessions + 1);
                answer["refresh_token"] = json!(self.refresh_token);
            }
            "refresh_token" => return no("invalid_grant", "expired access/refresh token"),
            "authorization_code" if self.knows_verifier(given("code"), given("code_verifier")) => {
                self.refresh_token = format!("refresh-{}", self.sessions + 1);
                answer["refresh_token"] = json!(self.refresh_token);
            }
            "authorization_code" => return no("invalid_grant", "invalid authorization code"),
            _ => return no("unsupported_grant_type", "grant type not supported"),
        }
        self.sessions += 1;
        answer["access_token"] = json!(self.session());
        ok(&answer)
    }

    /// At most 25 requests in one, five of them queries; counted once.
    fn composite(&mut self, ask: &Ask) -> Said {
        let Some(body) = ask.json() else { return refused(400, "JSON_PARSER_ERROR", "no JSON") };
        let parts = body["compositeRequest"].as_array().cloned().unwrap_or_default();
        let queries = parts.iter().filter(|part| part["url"].as_str().unwrap().contains("/query")).count();
        if parts.len() > 25 || queries > 5 {
            return refused(400, "LIMIT_EXCEEDED", "too many subrequests");
        }
        let answers: Vec<_> = parts
            .iter()
            .map(|part| {
                let (path, query) = part["url"]
                    .as_str()
                    .unwrap()
                    .split_once('?')
                    .unwrap_or((part["url"].as_str().unwrap(), ""));
                assert!(query.len() < 16_384, "a web server takes no longer address");
                let one = Ask {
                    method: part["method"].as_str().unwrap().to_owned(),
                    path: path.to_owned(),
                    query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
                    authorization: ask.authorization.clone(),
                    content_type: "application/json".to_owned(),
                    body: part["body"].to_string().into_bytes(),
                };
                self.left += 1;
                let (status, _, said) = self.answer(&one);
                json!({ "httpStatusCode": status, "referenceId": part["referenceId"],
                        "httpHeaders": {}, "body": serde_json::from_str::<Value>(&said).unwrap() })
            })
            .collect();
        ok(&json!({ "compositeResponse": answers }))
    }
}
