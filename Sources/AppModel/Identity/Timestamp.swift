/// A point of time as Marathon shows it: UTC, whole milliseconds, `2016-10-05T12:00:00.000Z`.
///
///     Timestamp("2016-10-05T12:00:00.000Z")?.milliseconds   // 1475668800000
///     Timestamp(milliseconds: 0).description                  // "1970-01-01T00:00:00.000Z"
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Since 1970-01-01T00:00:00Z.
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

    public static func + (a: Timestamp, b: Duration) -> Timestamp {
        let (sum, overflow) = a.milliseconds.addingReportingOverflow(b.wholeMilliseconds)
        return Timestamp(milliseconds: overflow ? (b > .zero ? .max : .min) : sum)
    }

    public static func - (a: Timestamp, b: Duration) -> Timestamp {
        a + (.zero - b)
    }

    public static func - (a: Timestamp, b: Timestamp) -> Duration { .milliseconds(a.milliseconds - b.milliseconds) }

    public var description: String {
        let days = Self.floorDivide(milliseconds, 86_400_000)
        let ofDay = milliseconds - days * 86_400_000
        let (year, month, day) = Self.civil(days: days)
        return Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2) + "T"
            + Self.padded(ofDay / 3_600_000, 2) + ":" + Self.padded(ofDay / 60_000 % 60, 2) + ":"
            + Self.padded(ofDay / 1000 % 60, 2) + "." + Self.padded(ofDay % 1000, 3) + "Z"
    }

    /// Reads ISO 8601: a date, then optionally `T` and a time of day down to minutes, seconds or fractions of a second,
    /// then optionally `Z` or an offset. Without an offset it is UTC. Nil when the text is anything else.
    public init?(_ text: some StringProtocol) {
        var scanner = Scanner(bytes: Array(text.utf8))
        guard let year = scanner.digits(4), scanner.accept("-"), let month = scanner.digits(2), (1...12).contains(month),
            scanner.accept("-"), let day = scanner.digits(2), day >= 1, day <= Self.daysIn(month: month, year: year)
        else { return nil }
        var total = Self.days(year: year, month: month, day: day) * 86_400_000
        if scanner.accept("T") {
            guard let hour = scanner.digits(2), hour < 24, scanner.accept(":"), let minute = scanner.digits(2), minute < 60
            else { return nil }
            total += hour * 3_600_000 + minute * 60_000
            if scanner.accept(":") {
                guard let second = scanner.digits(2), second < 60 else { return nil }
                total += second * 1000
                if scanner.accept(".") || scanner.accept(",") {
                    guard let fraction = scanner.fractionInMilliseconds() else { return nil }
                    total += fraction
                }
            }
            if !scanner.accept("Z"), let sign = scanner.sign() {
                guard let hours = scanner.digits(2), hours < 24 else { return nil }
                var offset = hours * 3_600_000
                if scanner.accept(":") || !scanner.isAtEnd {
                    guard let minutes = scanner.digits(2), minutes < 60 else { return nil }
                    offset += minutes * 60_000
                }
                total -= sign * offset
            }
        }
        guard scanner.isAtEnd else { return nil }
        milliseconds = total
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0
        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { position == bytes.count }

        mutating func accept(_ character: Unicode.Scalar) -> Bool {
            guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        mutating func sign() -> Int64? {
            if accept("+") { return 1 }
            return accept("-") ? -1 : nil
        }

        mutating func digit() -> Int64? {
            guard position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 else { return nil }
            defer { position += 1 }
            return Int64(bytes[position] - 0x30)
        }

        mutating func digits(_ count: Int) -> Int64? {
            var value: Int64 = 0
            for _ in 0..<count {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        mutating func fractionInMilliseconds() -> Int64? {
            guard var value = digit() else { return nil }
            var places = 1
            while let digit = digit() {
                if places < 3 { value = value * 10 + digit }
                places += 1
            }
            while places < 3 {
                value *= 10
                places += 1
            }
            return value
        }
    }

    // Civil dates of the proleptic Gregorian calendar by arithmetic over 400-year eras: no formatter, no time zone data.

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func daysIn(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : (a - b + 1) / b }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}

extension Timestamp: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Timestamp(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not an ISO 8601 time")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Duration {
    /// Rounded towards zero.
    public var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds > 0 ? .max : .min }
        let (sum, carried) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return carried ? (seconds > 0 ? .max : .min) : sum
    }
}
