//! Settings in what people copy: an address of their org, the keys of an External Client App from Salesforce's page or
//! a JSON document, or a request for a token.

use std::collections::BTreeMap;

use url::Url;

use super::address::base;
use super::manifest::BROWSER;

/// What a consumer key begins with, as in
/// <https://developer.salesforce.com/docs/atlas.en-us.262.0.chatterapi.meta/chatterapi/quickstart_connecting.htm>, whose request for
/// a token is one of the things people copy.
const KEY: &str = "3MVG9";
/// Letters of the shortest key or secret that is taken for one.
const SHORTEST: usize = 12;
/// Salesforce's own hosts, in whose names only what stands before is the org's.
const HOSTS: [&str; 3] = [".salesforce.com", ".force.com", ".salesforce-setup.com"];

/// Settings by key; `None` where there are none.
pub(super) fn settings(text: &str) -> Option<(BTreeMap<String, String>, Vec<String>)> {
    let mut found = BTreeMap::new();
    // The words so far, without what stands between them: “Consumer Secret”, `client_secret`, `consumer-secret`.
    let mut named = String::new();
    let parts = text.split(|c: char| c.is_whitespace() || ",\"'`{}&;?=<>()".contains(c));
    for word in parts.map(|word| word.trim_matches(':')).filter(|word| !word.is_empty()) {
        let is_key = word.len() >= SHORTEST;
        if let Some(url) = address(word) {
            let is_login = matches!(url.host_str(), Some("login.salesforce.com" | "test.salesforce.com"));
            let (setting, auth) =
                if is_login { ("login_url", Some(BROWSER)) } else { ("instance_url", None) };
            found.insert(setting, url.as_str().trim_end_matches('/').to_owned());
            auth.map(|auth| found.insert("auth", auth.to_owned()));
        } else if is_key && (named.ends_with("consumersecret") || named.ends_with("clientsecret")) {
            found.insert("client_secret", word.to_owned());
        } else if word.starts_with(KEY)
            || is_key && (named.ends_with("consumerkey") || named.ends_with("clientid"))
        {
            found.insert("client_id", word.to_owned());
        }
        named.extend(word.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()));
    }
    // A secret of an app is for its own sign-in, also where the page it was copied from names the login page.
    if found.contains_key("client_secret") {
        found.remove("auth");
        found.remove("login_url");
    }
    let found: BTreeMap<_, _> = found.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    (!found.is_empty()).then_some((found, Vec::new()))
}

/// The address of an org or the login page.
fn address(word: &str) -> Option<Url> {
    let word = if word.contains("://") { word.to_owned() } else { format!("https://{word}") };
    let url = base(&word, "The address").ok()?;
    let host = url.host_str()?;
    let is_help = ["help", "developer", "www"].iter().any(|page| host == format!("{page}.salesforce.com"));
    (HOSTS.iter().any(|end| host.ends_with(end)) && !is_help).then_some(url)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const ID: &str = "3MVG9AOp4kbriZOLfSVjG2Pxa3cJ_nOkwhxL1J1AuV22u8bm82FtDtWFVV__Vs6mvqoVbAnwsChp9YT4bf";
    const SECRET: &str = "4C3D2B1A0F9E8D7C6B5A4C3D2B1A0F9E8D7C6B5A";

    fn pasted(text: &str) -> Vec<String> {
        let (found, unused) = settings(text).unwrap_or_default();
        assert!(unused.is_empty());
        found.into_iter().map(|(key, value)| format!("{key}={value}")).collect()
    }

    #[test]
    fn an_address_of_the_org_is_my_domain() {
        for text in [
            "https://acme.my.salesforce.com",
            "acme.my.salesforce.com",
            "https://acme.lightning.force.com/lightning/o/Lead/list?filterName=x",
            "https://acme.my.salesforce-setup.com/lightning/setup/OrgDomain/home",
        ] {
            assert_eq!(pasted(text), ["instance_url=https://acme.my.salesforce.com"], "{text}");
        }
        let login = ["auth=browser", "login_url=https://test.salesforce.com"];
        assert_eq!(pasted(" https://test.salesforce.com/?locale=de\n"), login);
    }

    #[test]
    fn keys_are_found_however_they_are_named() {
        let keys = [format!("client_id={ID}"), format!("client_secret={SECRET}")];
        for text in [
            format!("Consumer Key\n{ID}\nConsumer Secret\n{SECRET}"),
            format!(r#"{{"consumer_key": "{ID}", "consumer_secret":"{SECRET}"}}"#),
            format!("SF_CLIENT_ID={ID}\nSF_CLIENT_SECRET={SECRET}\n"),
            format!("client_id: {ID}\nclient_secret: '{SECRET}'"),
        ] {
            assert_eq!(pasted(&text), keys, "{text}");
        }
        assert_eq!(pasted(ID), [format!("client_id={ID}")]);
    }

    #[test]
    fn a_request_for_a_token_fills_the_whole_form() {
        let text = format!(
            "curl -X POST https://acme.my.salesforce.com/services/oauth2/token -d 'grant_type=client_credentials' \
             -d 'client_id={ID}&client_secret={SECRET}'"
        );
        let whole = [
            format!("client_id={ID}"),
            format!("client_secret={SECRET}"),
            "instance_url=https://acme.my.salesforce.com".to_owned(),
        ];
        assert_eq!(pasted(&text), whole);
    }

    #[test]
    fn other_text_is_left_alone() {
        for text in [
            "",
            "hello",
            "the client secret is kept elsewhere",
            "https://example.com",
            "https://help.salesforce.com/s/articleView?id=x",
            "https://ana:hunter2@acme.my.salesforce.com",
            "https://acme.my.salesforce.com.example.com",
        ] {
            assert!(settings(text).is_none(), "{text}");
        }
    }
}
