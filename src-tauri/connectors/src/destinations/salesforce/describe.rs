//! Objects and their fields, as the org describes them
//! (REST API Developer Guide, "sObject Describe"; Object Reference, `DescribeSObjectResult`).

use std::sync::Arc;

use serde::Deserialize;
use sluice_engine::destination::{Object, ObjectField, Takes};
use sluice_engine::error::{Error, ErrorKind};

use super::client::{Ask, Org};
use super::error::{Trouble, unreadable};

/// Objects that come with Salesforce and that sales and marketing write to; custom ones are listed all.
const STANDARD: &[&str] = &[
    "Account",
    "Asset",
    "Campaign",
    "CampaignMember",
    "Case",
    "Contact",
    "Contract",
    "Event",
    "Individual",
    "Lead",
    "Opportunity",
    "OpportunityContactRole",
    "OpportunityLineItem",
    "Order",
    "OrderItem",
    "Pricebook2",
    "PricebookEntry",
    "Product2",
    "Quote",
    "Task",
    "User",
];

/// Subrequests of a composite request; all count as one against the daily requests.
const TOGETHER: usize = 25;

/// Bytes of one answer: an object with 800 fields and long pick lists takes about 1 MiB.
const ANSWER: usize = 64 << 20;

/// What is known of an object.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Described {
    pub(super) name: String,
    label: String,
    #[serde(default)]
    pub(super) queryable: bool,
    pub(super) fields: Vec<DescribedField>,
}

/// What is known of a field.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own in Salesforce's answer")]
pub(super) struct DescribedField {
    pub(super) name: String,
    #[serde(default)]
    label: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    nillable: bool,
    #[serde(default)]
    createable: bool,
    #[serde(default)]
    updateable: bool,
    #[serde(default)]
    defaulted_on_create: bool,
    #[serde(default)]
    external_id: bool,
    #[serde(default)]
    id_lookup: bool,
    #[serde(default)]
    pub(super) case_sensitive: bool,
    #[serde(default)]
    custom: bool,
    #[serde(default)]
    restricted_picklist: bool,
    /// Characters at most; 0 for what has no length.
    #[serde(default)]
    length: usize,
    #[serde(default)]
    picklist_values: Vec<PickListValue>,
}

#[derive(Debug, Deserialize)]
struct PickListValue {
    value: String,
    #[serde(default)]
    active: bool,
}

/// An object in the org's list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) label: String,
    #[serde(default)]
    pub(super) createable: bool,
    #[serde(default)]
    pub(super) updateable: bool,
    #[serde(default)]
    custom: bool,
    #[serde(default)]
    custom_setting: bool,
    #[serde(default)]
    deprecated_and_hidden: bool,
}

impl Listed {
    /// Records of it can be sent, and somebody would want to.
    pub(super) fn is_offered(&self) -> bool {
        let wanted = self.custom && !self.custom_setting || STANDARD.contains(&self.name.as_str());
        wanted && !self.deprecated_and_hidden && (self.createable || self.updateable)
    }
}

impl Described {
    /// The field of this name, however it is spelled: Salesforce does not mind.
    pub(super) fn field(&self, name: &str) -> Option<&DescribedField> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// The field records are matched by.
    pub(super) fn match_field(&self, name: &str) -> Result<&DescribedField, Error> {
        self.field(name).filter(|field| field.is_matchable()).ok_or_else(|| {
            let known: Vec<_> = self
                .fields
                .iter()
                .filter(|field| field.is_matchable())
                .map(|field| field.name.as_str())
                .collect();
            Error::new(ErrorKind::MissingObject, format!("{} can not be matched by “{name}”.", self.label))
                .with_hint(format!(
                    "Match by one of: {}. Others have to be made an external ID first.",
                    known.join(", ")
                ))
        })
    }

    fn object(&self) -> Object {
        Object {
            name: self.name.clone(),
            label: self.label.clone(),
            fields: self
                .fields
                .iter()
                .filter(|field| !field.is_compound())
                .map(DescribedField::shown)
                .collect(),
        }
    }
}

impl DescribedField {
    fn is_matchable(&self) -> bool {
        self.external_id || self.id_lookup
    }

    /// Addresses and places are read whole and written by their parts.
    fn is_compound(&self) -> bool {
        matches!(self.kind.as_str(), "address" | "location")
    }

    /// Its values are numbers in a query.
    pub(super) fn is_number(&self) -> bool {
        matches!(self.kind.as_str(), "double" | "int" | "long" | "currency" | "percent")
    }

    /// A list that is not restricted takes other values too; a number with too many decimals is rounded.
    fn takes(&self) -> Takes {
        match self.kind.as_str() {
            "picklist" if self.restricted_picklist => Takes::OneOf,
            "multipicklist" if self.restricted_picklist => Takes::SomeOf,
            "int" | "long" => Takes::Number { decimals: Some(0) },
            "double" | "currency" | "percent" => Takes::Number { decimals: None },
            "boolean" => Takes::Boolean,
            "date" => Takes::Date { converts: false },
            "datetime" => Takes::Moment { converts: false },
            "email" => Takes::Email,
            "string" | "textarea" | "url" | "phone" | "picklist" | "encryptedstring" => {
                Takes::Text { longest: Some(self.length).filter(|length| *length > 0) }
            }
            _ => Takes::Anything,
        }
    }

    fn shown(&self) -> ObjectField {
        let active = self.picklist_values.iter().filter(|value| value.active);
        let field_type = match (self.kind.as_str(), self.restricted_picklist) {
            (kind @ ("picklist" | "multipicklist"), true) => format!("{kind}, these values only"),
            (kind, _) => kind.to_owned(),
        };
        ObjectField {
            name: self.name.clone(),
            label: self.label.clone(),
            field_type,
            takes: self.takes(),
            required: !self.nillable && self.createable && !self.defaulted_on_create,
            writable: self.createable || self.updateable,
            matchable: self.is_matchable(),
            options: active.map(|value| value.value.clone()).collect(),
            custom: self.custom,
        }
    }
}

impl Org {
    /// What is known of an object, asked for once.
    pub(super) async fn describe(&self, object: &str) -> Result<Arc<Described>, Trouble> {
        let mut known = self.described.lock().await;
        if let Some(known) = known.get(object) {
            return Ok(Arc::clone(known));
        }
        let path = ["sobjects", object, "describe"];
        let answered = self.look(&Ask::get(&path).up_to(ANSWER)).await?;
        let described: Arc<Described> =
            Arc::new(serde_json::from_str(&answered.body).map_err(|_| no_fields(object))?);
        known.insert(object.to_owned(), Arc::clone(&described));
        Ok(described)
    }

    /// The org's list of objects.
    pub(super) async fn list(&self) -> Result<Vec<Listed>, Trouble> {
        #[derive(Deserialize)]
        struct List {
            sobjects: Vec<Listed>,
        }
        let answered = self.look(&Ask::get(&["sobjects"]).up_to(ANSWER)).await?;
        let list: List = serde_json::from_str(&answered.body)
            .map_err(|_| Trouble::Again(unreadable("which objects there are")))?;
        Ok(list.sobjects)
    }

    /// The objects that are offered, with their fields: a request for the list, and one for each 25 objects.
    pub(super) async fn objects(&self) -> Result<Vec<Object>, Trouble> {
        let names: Vec<_> =
            self.list().await?.into_iter().filter(Listed::is_offered).map(|listed| listed.name).collect();
        let mut objects = Vec::with_capacity(names.len());
        for names in names.chunks(TOGETHER) {
            objects.extend(self.describe_together(names).await?.iter().map(Described::object));
        }
        objects.sort_by(|a, b| a.label.cmp(&b.label).then_with(|| a.name.cmp(&b.name)));
        Ok(objects)
    }

    async fn describe_together(&self, names: &[String]) -> Result<Vec<Described>, Trouble> {
        let paths = names.iter().map(|name| format!("sobjects/{name}/describe"));
        let unread = || Trouble::Again(unreadable("which fields the objects have"));
        let parts = self.composite("object", paths, unread).await?;
        // An object that may be listed and not looked at is left out.
        let found = parts.into_iter().filter(|part| part.http_status_code == 200);
        found.map(|part| serde_json::from_str(part.body.get()).map_err(|_| unread())).collect()
    }
}

fn no_fields(object: &str) -> Trouble {
    Trouble::Again(unreadable(&format!("which fields “{object}” has")))
}
