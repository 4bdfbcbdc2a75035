//! The encrypted connection.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as Tls, RootCertStore, SignatureScheme,
};
use sluice_engine::error::{Error, ErrorKind, Result};

/// How the connection is encrypted.
#[derive(Clone)]
pub(crate) enum Encryption {
    Off,
    /// Encrypted, whoever answers.
    Unverified(Arc<ClientConfig>),
    /// Encrypted, and the certificate is the host's.
    Verified(Arc<ClientConfig>),
}

impl Encryption {
    pub(crate) fn new(mode: &str, ca_file: Option<&Path>) -> Result<Self> {
        let provider = Arc::new(ring::default_provider());
        Ok(match mode {
            "disable" => Self::Off,
            "verify-full" => Self::Verified(config(&provider, verifier(&provider, ca_file)?)?),
            _ => Self::Unverified(config(&provider, Arc::new(Unverified(provider.clone())))?),
        })
    }
}

fn config(
    provider: &Arc<CryptoProvider>,
    verifier: Arc<dyn ServerCertVerifier>,
) -> Result<Arc<ClientConfig>> {
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(unusable)?;
    Ok(Arc::new(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()))
}

fn verifier(provider: &Arc<CryptoProvider>, ca_file: Option<&Path>) -> Result<Arc<dyn ServerCertVerifier>> {
    let Some(file) = ca_file else {
        return Ok(Arc::new(rustls_platform_verifier::Verifier::new(provider.clone()).map_err(unusable)?));
    };
    let bad = |what: &str| {
        let message = format!("The CA file “{}” {what}.", file.display());
        Error::new(ErrorKind::BadSettings, message).with_hint("Choose a PEM file with the CA’s certificate.")
    };
    let mut roots = RootCertStore::empty();
    let certificates =
        CertificateDer::pem_file_iter(file).map_err(|error| bad("can not be read").with_source(error))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| bad("is not a PEM file").with_source(error))?;
        roots.add(certificate).map_err(|error| bad("has a damaged certificate").with_source(error))?;
    }
    let built = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build();
    Ok(built.map_err(|error| bad("has no certificate in it").with_source(error))?)
}

fn unusable(error: Tls) -> Error {
    Error::new(ErrorKind::TlsFailed, "Encrypted connections can not be set up on this computer.")
        .with_source(error)
}

/// Why the handshake failed, where that is known.
fn cause(error: &std::io::Error) -> Option<&Tls> {
    error.get_ref().and_then(|inner| inner.downcast_ref())
}

/// Nobody this computer trusts has signed the certificate.
pub(crate) fn is_by_unknown_issuer(error: &std::io::Error) -> bool {
    matches!(cause(error), Some(Tls::InvalidCertificate(CertificateError::UnknownIssuer)))
}

/// What a failed handshake with `host` means.
pub(crate) fn handshake_error(host: &str, error: std::io::Error) -> Error {
    let cause = cause(&error);
    let (message, hint) = match cause {
        Some(Tls::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => (
            format!("The certificate of the server is not made out to “{host}”."),
            "Enter the host name exactly as the certificate has it. If it should match, somebody may be in between.",
        ),
        Some(Tls::InvalidCertificate(CertificateError::UnknownIssuer)) => (
            format!("Nobody this computer trusts has signed the certificate of “{host}”."),
            "Choose the CA file of your company or your database provider.",
        ),
        // What verifies certificates has no name of its own for a CA's certificate that a server shows as its own.
        Some(Tls::InvalidCertificate(CertificateError::Other(_))) => (
            format!(
                "The certificate of “{host}” can not be verified; most likely the server signed it itself."
            ),
            "Choose “Encrypt only”, or give the server a certificate that a CA has signed, and choose the file of that CA.",
        ),
        Some(Tls::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        )) => (
            format!("The certificate of “{host}” is not valid at this time."),
            "Check this computer’s clock; if it is right, the server needs a new certificate.",
        ),
        _ => (
            format!("The secure connection to “{host}” could not be made."),
            "Check host and port. The details below say what the server answered.",
        ),
    };
    Error::new(ErrorKind::TlsFailed, message).with_hint(hint).with_source(error)
}

/// The server answered that it has no encryption.
pub(crate) fn not_offered(host: &str) -> Error {
    Error::new(ErrorKind::TlsFailed, format!("The server at “{host}” does not offer encrypted connections."))
        .with_hint("Turn encryption on in the server. In a network you trust you can choose “No encryption” instead.")
}

/// Takes any certificate, but makes sure that who answers has its key.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> std::result::Result<ServerCertVerified, Tls> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Tls> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Tls> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rustls::OtherError;

    use super::*;

    #[test]
    fn a_certificate_the_server_signed_itself_is_named() {
        let other = OtherError(Arc::new(std::fmt::Error));
        let error = Tls::InvalidCertificate(CertificateError::Other(other));
        let told = handshake_error("db", std::io::Error::other(error));
        assert_eq!(told.kind(), ErrorKind::TlsFailed);
        assert!(told.message().contains("signed it itself"), "{told:?}");
        assert!(told.hint().contains("Encrypt only"), "{told:?}");
    }
}
