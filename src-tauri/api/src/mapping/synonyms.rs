//! Words for the same thing in warehouses and CRMs.

/// How near two words are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Near {
    /// They mean the same.
    Same,
    /// One can stand in for the other.
    Akin,
}

/// Words that mean the same, without capitals and signs.
const SAME: &[&[&str]] = &[
    &["email", "mail", "emailaddress", "mailaddress", "workemail", "businessemail"],
    &["phone", "tel", "telephone", "telefon", "phonenumber", "telephonenumber", "workphone", "businessphone"],
    &["mobile", "mobilephone", "mobilenumber", "cell", "cellphone", "handy", "mobil"],
    &[
        "company",
        "companyname",
        "organisation",
        "organization",
        "organisationname",
        "organizationname",
        "account",
        "accountname",
        "employer",
        "firma",
        "unternehmen",
    ],
    &["firstname", "givenname", "forename", "vorname", "fname"],
    &["lastname", "familyname", "surname", "nachname", "lname"],
    &["fullname", "name", "displayname", "contactname"],
    &["jobtitle", "title", "position", "jobposition", "jobrole"],
    &["country", "countryname", "land"],
    &["countrycode", "country2", "countryiso"],
    &["city", "town", "locality", "stadt", "ort"],
    &["state", "province", "region", "bundesland"],
    &["zip", "zipcode", "postcode", "postalcode", "plz"],
    &["street", "streetaddress", "address", "address1", "addressline1", "strasse", "straße"],
    &["website", "url", "web", "homepage", "websiteurl"],
    &["domain", "companydomain", "domainname"],
    &["employees", "numberofemployees", "employeecount", "headcount", "companysize"],
    &["annualrevenue", "revenue", "turnover", "umsatz"],
    &["industry", "sector", "branche"],
    &["birthday", "birthdate", "dateofbirth", "dob", "geburtsdatum"],
    &["lifecycle", "lifecyclestage"],
    &["leadsource", "source", "acquisitionsource"],
    &["createdat", "created", "createddate", "createdate", "createdon"],
    &["donotemail", "emailoptout", "hasoptedoutofemail", "unsubscribed", "optedout"],
    &["marketingconsent", "consent", "optin", "emailoptin"],
    &["score", "leadscore"],
    &["userid", "uid"],
];

/// Places in [`SAME`] that are akin.
const AKIN: &[(&str, &str)] = &[("phone", "mobile"), ("country", "countrycode"), ("website", "domain")];

/// Words in front that say whose it is: `contact_email`.
const OWNERS: [&str; 6] = ["contact", "lead", "person", "user", "customer", "work"];

/// Whether a word is one of those known.
pub(super) fn is_known(word: &str) -> bool {
    group(word).is_some()
}

/// How near two words are that are written without capitals and signs.
pub(super) fn near(a: &str, b: &str) -> Option<Near> {
    let (a, b) = (group(a)?, group(b)?);
    if a == b {
        return Some(Near::Same);
    }
    let named = |word: &str| SAME.iter().position(|words| words[0] == word);
    let akin = |(one, other): &(&str, &str)| {
        let pair = (named(one), named(other));
        pair == (Some(a), Some(b)) || pair == (Some(b), Some(a))
    };
    AKIN.iter().any(akin).then_some(Near::Akin)
}

fn group(word: &str) -> Option<usize> {
    let known = |word: &str| SAME.iter().position(|words| words.contains(&word));
    known(word).or_else(|| OWNERS.iter().find_map(|owner| known(word.strip_prefix(owner)?)))
}
