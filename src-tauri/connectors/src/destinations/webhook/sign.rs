//! The signature of Standard Webhooks, version `v1`.
//!
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>: HMAC-SHA256 over
//! `<webhook-id>.<webhook-timestamp>.<body>`, in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac::{self, HMAC_SHA256, Key};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::secrets::Secret;

/// Secrets of Standard Webhooks begin so; what follows is base64.
const PREFIX: &str = "whsec_";

/// Signs requests.
pub(super) struct Signer {
    key: Key,
}

impl Signer {
    /// The key is what `whsec_…` holds, or else the secret's own bytes.
    pub(super) fn new(secret: &Secret) -> Result<Self> {
        let text = secret.expose_text()?.trim();
        let bad = |message: &str| {
            Error::new(ErrorKind::BadSettings, message)
                .with_hint("Copy the secret again: after whsec_ it has only letters, digits, + / and =.")
        };
        let key = match text.strip_prefix(PREFIX) {
            Some(encoded) => STANDARD
                .decode(encoded)
                .map_err(|_| bad("The signing secret begins with whsec_, and the rest is not base64."))?,
            None => text.as_bytes().to_vec(),
        };
        if key.is_empty() {
            return Err(bad("The signing secret is empty."));
        }
        Ok(Self { key: Key::new(HMAC_SHA256, &key) })
    }

    /// The value of `webhook-signature`; `at` is that of `webhook-timestamp`, in seconds since 1970.
    pub(super) fn sign(&self, id: &str, at: i64, body: &[u8]) -> String {
        let mut signing = hmac::Context::with_key(&self.key);
        signing.update(format!("{id}.{at}.").as_bytes());
        signing.update(body);
        format!("v1,{}", STANDARD.encode(signing.sign()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_reference_library() {
        // From the tests of the reference libraries, such as javascript/src/index.test.ts.
        let signer = Signer::new(&Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).unwrap();
        let signature =
            signer.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_without_the_prefix_is_its_own_bytes() {
        let plain = Signer::new(&Secret::new("not base64!")).unwrap();
        let encoded = Signer::new(&Secret::new("whsec_bm90IGJhc2U2NCE=")).unwrap();
        assert_eq!(plain.sign("a", 1, b"{}"), encoded.sign("a", 1, b"{}"));
        for wrong in ["whsec_not base64!", "whsec_", "  "] {
            let error = Signer::new(&Secret::new(wrong)).err().unwrap();
            assert_eq!(error.kind(), ErrorKind::BadSettings);
            assert!(!error.message().contains("not base64!"));
        }
    }
}
