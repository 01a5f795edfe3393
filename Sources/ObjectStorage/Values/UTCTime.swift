import Glibc

/// A moment, in the written forms of the object stores.
struct UTCTime: Sendable, Hashable {
    /// Since 1970.
    var milliseconds: Int64

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    init(milliseconds: Int64) { self.milliseconds = milliseconds }

    static var now: UTCTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UTCTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    // MARK: Written

    /// `20130524T000000Z`.
    var basic: String {
        let (_, time) = parts
        return day + "T" + Self.pad(time.hour) + Self.pad(time.minute) + Self.pad(time.second) + "Z"
    }

    /// `20130524`.
    var day: String {
        let (date, _) = parts
        return Self.pad(date.year, 4) + Self.pad(date.month) + Self.pad(date.day)
    }

    /// `Fri, 24 May 2013 00:00:00 GMT` (RFC 9110 §5.6.7).
    var http: String {
        let (date, time) = parts
        let weekday = Self.weekdays[Int(((milliseconds.floorDivided(by: 86_400_000)) % 7 + 7) % 7)]
        let clock = [time.hour, time.minute, time.second].map { Self.pad($0) }.joined(separator: ":")
        return "\(weekday), \(Self.pad(date.day)) \(Self.months[date.month - 1]) \(Self.pad(date.year, 4)) \(clock) GMT"
    }

    // MARK: Read

    /// `2009-10-12T17:50:30.123Z`; the fraction may be missing or have any length.
    init?(iso8601 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == 0x2d, bytes[7] == 0x2d, bytes[10] == 0x54, bytes[13] == 0x3a, bytes[16] == 0x3a,
            bytes.last == 0x5a,
            let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]), let day = Self.number(bytes[8..<10]),
            let hour = Self.number(bytes[11..<13]), let minute = Self.number(bytes[14..<16]), let second = Self.number(bytes[17..<19])
        else { return nil }
        var fraction: Int64 = 0
        if bytes.count > 20 {
            let digits = bytes[20..<(bytes.count - 1)]
            guard bytes[19] == 0x2e, !digits.isEmpty, Self.number(digits.prefix(9)) != nil else { return nil }
            fraction = Int64(Self.number((digits.prefix(3) + [0x30, 0x30].prefix(max(0, 3 - digits.count)))[...]) ?? 0)
        }
        self.init(year: year, month: month, day: day, hour: hour, minute: minute, second: second, fraction: fraction)
    }

    /// `Mon, 12 Oct 2009 17:50:30 GMT`.
    init?(http text: String) {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT" || words[5] == "UTC", let month = Self.months.firstIndex(of: String(words[2])),
            let day = Int(words[1]), let year = Int(words[3])
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3 else { return nil }
        self.init(year: year, month: month + 1, day: day, hour: clock[0], minute: clock[1], second: clock[2], fraction: 0)
    }

    private init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, fraction: Int64) {
        guard (1...12).contains(month), (1...31).contains(day), (0...23).contains(hour), (0...59).contains(minute),
            (0...60).contains(second)
        else { return nil }
        let days = Self.days(year: Int64(year), month: Int64(month), day: Int64(day))
        milliseconds = ((days * 24 + Int64(hour)) * 60 + Int64(minute)) * 60_000 + Int64(second) * 1000 + fraction
    }

    // MARK: Calendar

    private var parts: (date: (year: Int, month: Int, day: Int), time: (hour: Int, minute: Int, second: Int)) {
        let days = milliseconds.floorDivided(by: 86_400_000)
        let seconds = Int((milliseconds - days * 86_400_000) / 1000)
        return (Self.date(days), (seconds / 3600, seconds / 60 % 60, seconds % 60))
    }

    /// Days since 1970 of a Gregorian date. Years begin in March, so that the leap day is their last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year.floorDivided(by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(_ days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (Int(year), Int(month), Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1))
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func pad(_ number: Int, _ width: Int = 2) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }
}
