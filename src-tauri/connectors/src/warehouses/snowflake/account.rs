//! Which account, however its address was written down.

use url::Url;

/// The domains Snowflake serves accounts under.
const DOMAINS: [&str; 2] = [".snowflakecomputing.com", ".snowflakecomputing.cn"];

/// An account: `organisation-account`, or the older `locator.region.cloud`, with `.privatelink` at its end where it is
/// reached that way, and with the domain where that can not be told from its region
/// (<https://docs.snowflake.com/en/user-guide/admin-account-identifier>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account(String);

impl Account {
    /// The account in an identifier, a host name, or an address of any page of Snowflake's; `None` where there is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_matches(['"', '\'', '<', '>']).trim();
        let text = text.strip_prefix("jdbc:").unwrap_or(text);
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
        let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
        let (host, path) = rest.split_at_checked(end)?;
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        if let Some(end) = page(&host) {
            let mut parts =
                path.trim_start_matches('/').split(['/', '?', '#']).filter(|part| !part.is_empty());
            let (organisation, account) = (parts.next()?, parts.next()?);
            // An organisation's name has no hyphen, and every region's has.
            return if organisation.contains(['-', '.']) {
                Self::checked(&format!("{account}.{organisation}{end}"))
            } else {
                Self::checked(&format!("{organisation}-{account}{end}"))
            };
        }
        let domain = DOMAINS.iter().find(|domain| host.ends_with(**domain));
        let is_driver = text.starts_with("snowflake://");
        if domain.is_none() && !is_driver && (text.contains("://") || path.len() > 1) {
            return None;
        }
        let identifier = domain.and_then(|domain| host.strip_suffix(domain)).unwrap_or(&host);
        // Snowsight's own address behind a private link.
        let identifier = match identifier.strip_prefix("app-") {
            Some(rest) if rest.ends_with(".privatelink") => rest,
            _ => identifier,
        };
        let account = match identifier.split_once('.') {
            // Snowsight shows it with a point; no region's name goes without a hyphen.
            Some((first, second))
                if !second.contains(['.', '-']) && second != "privatelink" && second != "global" =>
            {
                Self::checked(&format!("{first}-{second}"))
            }
            _ => Self::checked(identifier),
        }?;
        let is_told = domain.is_none_or(|domain| account.host().ends_with(domain));
        Some(if is_told {
            account
        } else {
            Self(format!("{}{}", account.0, domain.copied().unwrap_or_default()))
        })
    }

    /// The first region is in no address: the drivers leave `us-west-2` out.
    fn checked(identifier: &str) -> Option<Self> {
        let identifier = identifier.strip_suffix(".us-west-2").unwrap_or(identifier);
        let is_word = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        };
        identifier.split('.').all(is_word).then(|| Self(identifier.to_ascii_lowercase()))
    }

    /// As it stands in the settings.
    pub(super) fn identifier(&self) -> &str {
        &self.0
    }

    /// The account's name alone, as a sign-in and a token have it.
    pub(super) fn name(&self) -> String {
        let first = self.0.split('.').next().unwrap_or_default();
        let name =
            if self.0.contains(".global") { first.split('-').next().unwrap_or_default() } else { first };
        name.to_ascii_uppercase()
    }

    /// Its host. A certificate is for no name with `_` in it, so Snowflake serves such accounts with `-` too.
    pub(super) fn host(&self) -> String {
        if DOMAINS.iter().any(|domain| self.0.ends_with(domain)) {
            return self.0.replace('_', "-");
        }
        let domain =
            if self.0.split('.').any(|part| part.starts_with("cn-")) { DOMAINS[1] } else { DOMAINS[0] };
        format!("{}{domain}", self.0.replace('_', "-"))
    }
}

/// Where `host` is that of Snowsight's pages, which name the account in their path: what such an account ends with
/// (<https://docs.snowflake.com/en/user-guide/organizations-connect>).
fn page(host: &str) -> Option<String> {
    match host {
        "app.snowflake.com" => Some(String::new()),
        "app.snowflake.cn" => Some(DOMAINS[1].to_owned()),
        _ => {
            let (rest, domain) =
                DOMAINS.iter().find_map(|domain| Some((host.strip_suffix(domain)?, *domain)))?;
            let end = if domain == DOMAINS[1] { domain } else { "" };
            let is_private = rest.starts_with("app.") && rest.ends_with(".privatelink");
            is_private.then(|| format!(".privatelink{end}"))
        }
    }
}

/// Whether credentials for `from` may go to `to`, where a redirect points: to the same host, or inside Snowflake's domain,
/// and never without the encryption there was.
pub(super) fn may_follow(from: &Url, to: &Url) -> bool {
    let (Some(from_host), Some(to_host)) = (from.host_str(), to.host_str()) else { return false };
    let is_snowflake = |host: &str| DOMAINS.iter().any(|domain| host.ends_with(domain));
    let as_secure = to.scheme() == "https" || to.scheme() == from.scheme();
    as_secure && (from_host == to_host || (is_snowflake(from_host) && is_snowflake(to_host)))
}
