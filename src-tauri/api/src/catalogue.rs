//! What there is to connect, and which errors there are.

use sluice_engine::ErrorKind;
use sluice_engine::manifest::{self, Input};

use crate::wire::{Catalogue, Choice, ErrorPage, Kind, OnlyIf, Problem, Setting, SettingInput};
use crate::{Api, CATALOGUE};

impl Api {
    /// Every kind of warehouse and destination.
    pub async fn catalogue(&self, (): ()) -> Result<Catalogue, Problem> {
        let warehouses = CATALOGUE.warehouses.iter().map(|entry| kind(entry.manifest())).collect();
        let destinations = CATALOGUE.destinations.iter().map(|entry| kind(entry.manifest())).collect();
        Ok(Catalogue { warehouses, destinations })
    }

    /// Every error, by code.
    pub async fn errors(&self, (): ()) -> Result<Vec<ErrorPage>, Problem> {
        Ok(ErrorKind::ALL.iter().map(|kind| (*kind).into()).collect())
    }
}

fn kind(manifest: &manifest::Manifest) -> Kind {
    let destination = manifest.destination;
    Kind {
        id: manifest.id.to_owned(),
        label: manifest.label.to_owned(),
        summary: manifest.summary.to_owned(),
        needs: manifest.needs.iter().map(|need| (*need).to_owned()).collect(),
        setup_script: manifest.setup_script.map(str::to_owned),
        pastes: manifest.pastes,
        settings: manifest.settings.iter().map(setting).collect(),
        ready: manifest.needs.is_empty() && manifest.settings.iter().all(|one| one.default.is_some()),
        accepts: destination.map(|destination| destination.accepts.into()),
        modes: destination
            .iter()
            .flat_map(|destination| destination.modes)
            .map(|mode| (*mode).into())
            .collect(),
        removals: destination
            .iter()
            .flat_map(|destination| destination.removals)
            .map(|way| (*way).into())
            .collect(),
        reads: destination.is_some_and(|destination| destination.reads),
        icon: manifest.icon.to_owned(),
    }
}

fn setting(setting: &manifest::Setting) -> Setting {
    Setting {
        key: setting.key.to_owned(),
        label: setting.label.to_owned(),
        help: setting.help.to_owned(),
        example: setting.example.to_owned(),
        secret: setting.secret,
        required: setting.required,
        default: setting.default.map(str::to_owned),
        input: match setting.input {
            Input::Text => SettingInput::Text,
            Input::Document => SettingInput::Document,
            Input::Number(_) => SettingInput::Number,
            Input::Url => SettingInput::Url,
            Input::File => SettingInput::File,
            Input::Folder => SettingInput::Folder,
            Input::SignIn => SettingInput::SignIn,
            Input::Choice(choices) => SettingInput::Choice {
                choices: choices
                    .iter()
                    .map(|(value, label)| Choice { value: (*value).to_owned(), label: (*label).to_owned() })
                    .collect(),
            },
        },
        only_if: setting.only_if.map(|(key, values)| OnlyIf {
            key: key.to_owned(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        }),
    }
}
