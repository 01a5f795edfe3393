import FoundationEssentials
import Glibc

/// Dates in the forms of the index endpoints: server time zone (contracts/exhibitor.md §6).
enum IndexDates {
    /// `04/07/2016-10:15`.
    /// - milliseconds: since 1970.
    static func minutes(_ milliseconds: Int64) -> String { text(milliseconds, "%m/%d/%Y-%H:%M") }

    /// `04/07/2016-10:15:30`.
    static func seconds(_ milliseconds: Int64) -> String { text(milliseconds, "%m/%d/%Y-%H:%M:%S") }

    private static func text(_ milliseconds: Int64, _ format: String) -> String {
        var time = time_t(milliseconds / 1000)
        var parts = tm()
        guard localtime_r(&time, &parts) != nil else { return "" }
        var buffer = [CChar](repeating: 0, count: 64)
        let count = strftime(&buffer, buffer.count, format, &parts)
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// - text: ISO 8601, with or without fractions of a second, or the day alone (its beginning in UTC).
    /// - Returns: milliseconds since 1970; nil for anything else.
    static func parse(_ text: String) -> Int64? {
        let styles = [
            Date.ISO8601FormatStyle(includingFractionalSeconds: true), Date.ISO8601FormatStyle(),
            Date.ISO8601FormatStyle().year().month().day(),
        ]
        for style in styles {
            if let date = try? style.parse(text) { return Int64((date.timeIntervalSince1970 * 1000).rounded()) }
        }
        return nil
    }

    /// The time between two dates in either order, up to the last second of the later one's day.
    static func range(_ first: Int64, _ second: Int64) -> ClosedRange<Int64> {
        let (from, to) = (min(first, second), max(first, second))
        return from...max(to, endOfDay(to))
    }

    /// 23:59:59.999 of the same day.
    private static func endOfDay(_ milliseconds: Int64) -> Int64 {
        var time = time_t(milliseconds / 1000)
        var parts = tm()
        guard localtime_r(&time, &parts) != nil else { return milliseconds }
        parts.tm_hour = 23
        parts.tm_min = 59
        parts.tm_sec = 59
        parts.tm_isdst = -1
        let end = mktime(&parts)
        return end == -1 ? milliseconds : Int64(end) * 1000 + 999
    }
}
