import FoundationEssentials
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Why a server could not be reached, in words for an operator.
enum TunnelFailure {
    /// - Parameters:
    ///   - certificate: what the server showed, when it got that far.
    ///   - now: to tell an expired certificate.
    static func explain(_ error: any Error, certificate: NIOSSLCertificate?, now: Date = Date()) -> String {
        switch error {
        case let error as NIOSSLExtraError where error == .failedToValidateHostname || error == .serverHostnameImpossibleToMatch:
            return "its certificate is for another host\(certificate.map { " (\(names($0)))" } ?? "")"
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate:
            return "its certificate cannot be checked"
        case NIOSSLError.handshakeFailed(let reason): return explain(handshake: "\(reason)", certificate: certificate, now: now)
        case let error as BoringSSLError: return explain(handshake: "\(error)", certificate: certificate, now: now)
        case let error as NIOConnectionError:
            return error.connectionErrors.first.map { explain($0.error, certificate: nil) } ?? "its name is not known"
        case let error as IOError: return String(cString: strerror(error.errnoCode)).lowercased()
        case is ChannelError: return "it did not answer in time"
        default: return "\(error)"
        }
    }

    private static func explain(handshake reason: String, certificate: NIOSSLCertificate?, now: Date) -> String {
        if reason.contains("CERTIFICATE_VERIFY_FAILED") {
            guard let certificate else { return "its certificate is expired or not signed by the CA" }
            let time = Int(now.timeIntervalSince1970)
            if Int(certificate.notValidAfter) < time { return "its certificate expired on \(day(certificate.notValidAfter))" }
            if Int(certificate.notValidBefore) > time { return "its certificate is valid only from \(day(certificate.notValidBefore)) on" }
            return "its certificate is not signed by the CA"
        }
        if let alert = reason.split(whereSeparator: { $0 == ":" || $0 == " " }).first(where: { $0.contains("ALERT_") }) {
            return "it refuses our certificate, or wants one (\(alert))"
        }
        if reason.contains("EOF during handshake") { return "it closed the connection during the TLS handshake" }
        if reason.contains("WRONG_VERSION_NUMBER") { return "its port does not speak TLS" }
        return "TLS failed (\(reason))"
    }

    private static func day(_ seconds: Int) -> String {
        String(Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601).prefix(10))
    }

    /// Its names, as the description of a certificate lists them.
    private static func names(_ certificate: NIOSSLCertificate) -> String {
        "\(certificate)".split(whereSeparator: { $0 == ";" || $0 == "<" || $0 == ">" })
            .filter { $0.hasPrefix("common_name=") || $0.hasPrefix("alternative_names=") }
            .joined(separator: ", ")
    }
}
