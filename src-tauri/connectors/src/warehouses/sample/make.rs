//! Makes the sample's file: the same rows on every computer, at any time.

use std::collections::HashMap;
use std::path::Path;

use chrono::DateTime;
use rusqlite::{Connection, Transaction, params};
use sluice_engine::error::{Error, ErrorKind, Result};

use super::edge_cases;
use super::people::{
    CAMPAIGNS, INDUSTRIES, LANDING_PAGES, PLANS, REGIONS, Region, SOURCES, STATUSES, TEAMS, TITLES,
};

/// 2026-11-22T00:00:00Z, the “now” of the sample.
const REFERENCE: i64 = 1_795_305_600;
const DAY: i64 = 86_400;
/// How far log-ins go back.
const LOGIN_DAYS: i64 = 30;
const LEADS: usize = 5_000;
const VISITORS: usize = 600;

/// Makes the file at `path`: whole in a temporary file first, so that what stands there is never a part.
/// Where another process was faster, its file stays.
pub(super) fn make(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let temporary = tempfile::Builder::new().prefix("sample-").suffix(".part").tempfile_in(folder)?;
    fill(temporary.path())?;
    temporary.as_file().sync_all()?;
    match temporary.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(refused) if refused.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(refused) => {
            Err(Error::new(ErrorKind::Storage, "The sample's file could not be put into the data folder.")
                .with_source(refused.error))
        }
    }
}

fn fill(path: &Path) -> Result<()> {
    let mut connection = Connection::open(path)?;
    connection
        .execute_batch("pragma journal_mode = off; pragma synchronous = off; pragma user_version = 1;")?;
    let transaction = connection.transaction()?;
    transaction.execute_batch(include_str!("schema.sql"))?;
    let mut random = Random(20_261_122);
    leads(&transaction, &mut random)?;
    visitors(&transaction, &mut random)?;
    edge_cases::fill(&transaction)?;
    transaction.execute_batch(
        "create index logins_at on logins (logged_in_at, user_id, platform); \
         create index workspaces_owner on workspaces (owner_user_id); \
         analyze;",
    )?;
    transaction.commit()?;
    Ok(())
}

/// Leads, with the log-ins and workspaces of each.
fn leads(transaction: &Transaction<'_>, random: &mut Random) -> Result<()> {
    let mut lead = transaction.prepare(
        "insert into leads values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    )?;
    let mut login =
        transaction.prepare("insert into logins (user_id, platform, logged_in_at) values (?1, ?2, ?3)")?;
    let mut workspace = transaction.prepare("insert into workspaces values (?1, ?2, ?3, ?4, ?5, ?6)")?;
    let mut logins = Vec::new();
    let mut workspaces = 0;
    let mut taken = HashMap::new();
    for number in 1..=LEADS {
        let region = region(random);
        let (first, first_plain) = spelled(random.pick(region.first));
        let (last, last_plain) = spelled(random.pick(region.last));
        let (company, company_plain) = spelled(random.pick(region.companies));
        let user_id = format!("user_{number:05}");
        let email = address(&mut taken, &first_plain, &last_plain, &company_plain);
        let created = REFERENCE - 1 - random.below(120 * DAY);
        lead.execute(params![
            format!("LEAD-{number:05}"),
            user_id,
            email,
            first,
            last,
            random.chance(85).then(|| random.pick(TITLES)),
            company,
            industry_of(&company_plain),
            random.chance(90).then(|| 4 + random.below(60) * random.below(40)),
            region.country,
            random.chance(95).then(|| random.pick(region.cities)),
            random.chance(70).then(|| format!(
                "{}{:02} {:02}",
                region.dial,
                random.below(100),
                random.below(100)
            )),
            random.pick(SOURCES),
            random.pick(STATUSES),
            random.chance(80),
            written(created),
        ])?;
        lead_logins(random, number, created, &mut logins);
        if random.chance(28) {
            workspaces += 1;
            let (plan, seats) = random.pick(PLANS);
            let name = format!("{company} {}", random.pick(TEAMS));
            let at = created + random.below(REFERENCE - created);
            let seats = 1 + random.below(seats);
            workspace.execute(params![
                format!("ws_{workspaces:04}"),
                user_id,
                name,
                plan,
                seats,
                written(at)
            ])?;
        }
    }
    logins.sort_unstable();
    for (at, number, platform) in logins {
        login.execute(params![format!("user_{number:05}"), platform, written(at)])?;
    }
    Ok(())
}

/// Log-ins since the lead was there: most people come now and then, a few every day.
fn lead_logins(
    random: &mut Random,
    number: usize,
    created: i64,
    logins: &mut Vec<(i64, usize, &'static str)>,
) {
    let visits = match random.below(100) {
        0..35 => random.below(2),
        35..75 => 2 + random.below(7),
        75..95 => 9 + random.below(12),
        _ => 20 + random.below(21),
    };
    let favourite = random.pick(&["web", "web", "ios", "android"]);
    let since = created.max(REFERENCE - LOGIN_DAYS * DAY);
    for _ in 0..visits {
        let at = since + random.below(REFERENCE - since);
        let platform = if random.chance(75) { favourite } else { random.pick(&["web", "ios", "android"]) };
        logins.push((at, number, platform));
    }
}

/// People who looked around and have not said who they are.
fn visitors(transaction: &Transaction<'_>, random: &mut Random) -> Result<()> {
    let mut visitor = transaction.prepare("insert into visitors values (?1, ?2, ?3, ?4, ?5)")?;
    for _ in 0..VISITORS {
        let id = format!("anon-{:016x}", random.next());
        let campaign = random.chance(40).then(|| random.pick(CAMPAIGNS));
        let at = REFERENCE - 1 - random.below(LOGIN_DAYS * DAY);
        visitor.execute(params![
            id,
            random.pick(LANDING_PAGES),
            campaign,
            1 + random.below(14),
            written(at)
        ])?;
    }
    Ok(())
}

fn region(random: &mut Random) -> &'static Region {
    let mut left = random.below(REGIONS.iter().map(|region| region.share).sum());
    for region in REGIONS {
        if left < region.share {
            return region;
        }
        left -= region.share;
    }
    &REGIONS[0]
}

/// The name as shown and as it stands in an address.
fn spelled(name: &'static str) -> (&'static str, String) {
    match name.split_once('|') {
        Some((shown, plain)) => (shown, plain.to_owned()),
        None => (name, name.to_lowercase().replace(" & ", "-").replace(' ', "-")),
    }
}

/// An address nobody else has.
fn address(taken: &mut HashMap<String, u32>, first: &str, last: &str, company: &str) -> String {
    let before = taken.entry(format!("{first}.{last}@{company}")).or_insert(0);
    *before += 1;
    let number = if *before == 1 { String::new() } else { before.to_string() };
    format!("{first}.{last}{number}@{company}.example")
}

/// The same industry for everybody of a company.
fn industry_of(company: &str) -> &'static str {
    let sum: usize = company.bytes().map(usize::from).sum();
    INDUSTRIES[sum % INDUSTRIES.len()]
}

fn written(at: i64) -> String {
    DateTime::from_timestamp(at, 0).map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
}

/// `SplitMix64` (Steele, Lea, Flood 2014): the same numbers on every computer.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`; zero where the limit is zero.
    fn below(&mut self, limit: i64) -> i64 {
        (self.next() % limit.max(1) as u64) as i64
    }

    /// True in so many of a hundred cases.
    fn chance(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as i64) as usize]
    }
}
