//! The private key of a key-pair sign-in, and the token it signs
//! (<https://docs.snowflake.com/en/user-guide/key-pair-auth>).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use pkcs8::{EncryptedPrivateKeyInfoRef, SecretDocument};
use ring::rand::SystemRandom;
use ring::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::secrets::Secret;

/// What stands before an RSA public key to make it a `SubjectPublicKeyInfo`: `rsaEncryption`, no parameters.
const RSA_ENCRYPTION: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
/// How to make a key that can be read.
const MAKE_KEY: &str = "openssl genrsa 2048 | openssl pkcs8 -topk8 -inform PEM -out rsa_key.p8 -nocrypt\n\
    openssl rsa -in rsa_key.p8 -pubout -out rsa_key.pub";
/// Seconds a token counts; Snowflake takes an hour at most.
const TOKEN_SECONDS: i64 = 120;

/// An RSA key.
pub(super) struct PrivateKey(RsaKeyPair);

impl PrivateKey {
    /// Reads PEM (or its base64 alone): PKCS#8, PKCS#8 under a passphrase, or PKCS#1.
    pub(super) fn read(pem: &Secret, passphrase: Option<&Secret>) -> Result<Self> {
        let text = pem.expose_text()?.replace("\\n", "\n");
        let (label, der) = decoded(text.trim())?;
        let pair = match label.as_str() {
            "ENCRYPTED PRIVATE KEY" => RsaKeyPair::from_pkcs8(decrypted(&der, passphrase)?.as_bytes()),
            "RSA PRIVATE KEY" if text.contains("Proc-Type:") => {
                return Err(refused("The private key is encrypted in a form Sluice does not read.")
                    .with_hint("Convert it with the command below, and paste the new file’s content.")
                    .with_fix("openssl pkcs8 -topk8 -v2 aes-256-cbc -in rsa_key.pem -out rsa_key.p8"));
            }
            "RSA PRIVATE KEY" => RsaKeyPair::from_der(&der),
            "" if EncryptedPrivateKeyInfoRef::try_from(der.as_slice()).is_ok() => {
                RsaKeyPair::from_pkcs8(decrypted(&der, passphrase)?.as_bytes())
            }
            "PRIVATE KEY" | "" => RsaKeyPair::from_pkcs8(&der),
            other => return Err(other_document(other)),
        };
        pair.map(Self).map_err(|error| {
            refused("The private key is not an RSA key of 2,048 to 4,096 bits.")
                .with_hint(
                    "Make one with the commands below; the second file is the public half for Snowflake.",
                )
                .with_fix(MAKE_KEY)
                .with_source(std::io::Error::other(error.to_string()))
        })
    }

    /// The public half as Snowflake stores it: the base64 of its DER form.
    pub(super) fn public_key(&self) -> String {
        STANDARD.encode(self.public_der())
    }

    /// How Snowflake names the public half: `SHA256:…`.
    pub(super) fn fingerprint(&self) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, &self.public_der());
        format!("SHA256:{}", STANDARD.encode(digest.as_ref()))
    }

    fn public_der(&self) -> Vec<u8> {
        let key = self.0.public_key().as_ref();
        let mut bits = vec![0];
        bits.extend_from_slice(key);
        let mut body = RSA_ENCRYPTION.to_vec();
        body.push(0x03);
        push_length(&mut body, bits.len());
        body.extend_from_slice(&bits);
        let mut whole = vec![0x30];
        push_length(&mut whole, body.len());
        whole.extend_from_slice(&body);
        whole
    }

    /// A token that signs `user` in to `account`, both in capitals.
    pub(super) fn token(&self, account: &str, user: &str, now: DateTime<Utc>) -> Result<Secret> {
        let subject = format!("{account}.{user}");
        let claims = serde_json::json!({
            "iss": format!("{subject}.{}", self.fingerprint()),
            "sub": subject,
            "iat": now.timestamp(),
            "exp": now.timestamp() + TOKEN_SECONDS,
        });
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| Error::new(ErrorKind::Bug, "The sign-in token could not be signed."))?;
        Ok(Secret::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }
}

/// DER's length of what follows.
fn push_length(out: &mut Vec<u8>, length: usize) {
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let bytes = length.to_be_bytes();
            let significant: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
            out.push(0x80 | significant.len() as u8);
            out.extend_from_slice(&significant);
        }
    }
}

/// The label and bytes of the first PEM block; an empty label where there is base64 alone.
fn decoded(text: &str) -> Result<(String, Vec<u8>)> {
    let unreadable = || {
        refused("The private key is not in PEM form.")
            .with_hint("Paste the whole file, from “-----BEGIN” to “-----END …-----”.")
    };
    let (label, body) = match text.split_once("-----BEGIN ") {
        None => (String::new(), text),
        Some((_, after)) => {
            let (label, after) = after.split_once("-----").ok_or_else(unreadable)?;
            let (body, _) = after.split_once("-----END").ok_or_else(unreadable)?;
            (label.to_owned(), body)
        }
    };
    // RFC 1421's headers stand before an empty line.
    let body = body.lines().filter(|line| !line.contains(':')).flat_map(str::chars);
    let body: String = body.filter(|c| !c.is_whitespace()).collect();
    let bytes = STANDARD.decode(body).map_err(|_| unreadable())?;
    if bytes.is_empty() { Err(unreadable()) } else { Ok((label, bytes)) }
}

fn decrypted(der: &[u8], passphrase: Option<&Secret>) -> Result<SecretDocument> {
    let Some(passphrase) = passphrase.filter(|passphrase| !passphrase.expose().is_empty()) else {
        return Err(Error::new(
            ErrorKind::SecretMissing,
            "The private key is encrypted, and there is no passphrase.",
        )
        .with_hint("Enter the passphrase of the private key."));
    };
    let key = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|error| {
        refused("The private key is encrypted in a form Sluice does not read.")
            .with_hint("Convert it with the command below, and paste the new file’s content.")
            .with_fix("openssl pkcs8 -topk8 -v2 aes-256-cbc -in rsa_key.p8 -out rsa_key_aes.p8")
            .with_source(error)
    })?;
    key.decrypt(passphrase.expose()).map_err(|error| {
        refused("The passphrase does not open the private key.")
            .with_hint("Enter the passphrase again; capital letters count.")
            .with_source(error)
    })
}

fn other_document(label: &str) -> Error {
    let what = match label {
        "PUBLIC KEY" | "RSA PUBLIC KEY" => {
            "This is the public half of a key. Snowflake needs that, and Sluice the private one."
        }
        "OPENSSH PRIVATE KEY" => "This is a key for SSH, which Snowflake does not take.",
        "CERTIFICATE" => "This is a certificate, not a private key.",
        _ => "This is not an RSA private key.",
    };
    refused(what).with_hint("Paste the private key’s PEM file, often called rsa_key.p8.").with_fix(MAKE_KEY)
}

fn refused(message: &str) -> Error {
    Error::new(ErrorKind::KeyUnusable, message).with_safe("Nothing was sent to Snowflake.")
}
