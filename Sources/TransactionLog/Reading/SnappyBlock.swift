/// One block of Snappy's raw format: the length of the content, then literals and copies of what came before.
enum SnappyBlock {
    /// - limit: of the content's length; the bytes are not trusted.
    static func decompress(_ bytes: ArraySlice<UInt8>, limit: Int) throws(TransactionLogError) -> [UInt8] {
        var position = bytes.startIndex
        func little(_ count: Int) throws(TransactionLogError) -> Int {
            guard position + count <= bytes.endIndex else { throw .malformed("snappy block") }
            var value = 0
            for index in 0..<count { value |= Int(bytes[position + index]) << (8 * index) }
            position += count
            return value
        }
        var length = 0
        var shift = 0
        while true {
            let byte = try little(1)
            length |= (byte & 0x7f) << shift
            if byte & 0x80 == 0 { break }
            shift += 7
            guard shift <= 28 else { throw .malformed("length of a snappy block") }
        }
        // No element of two or more bytes makes more than 64 bytes.
        guard length <= limit, length <= bytes.count * 64 else { throw .malformed("length of a snappy block") }
        var output: [UInt8] = []
        output.reserveCapacity(length)
        while position < bytes.endIndex {
            let tag = try little(1)
            if tag & 3 == 0 {
                var count = tag >> 2
                if count >= 60 { count = try little(count - 59) }
                count += 1
                guard count <= bytes.endIndex - position, output.count + count <= length else { throw .malformed("snappy literal") }
                output += bytes[position..<position + count]
                position += count
                continue
            }
            let count: Int
            let distance: Int
            switch tag & 3 {
            case 1:
                count = (tag >> 2 & 7) + 4
                distance = (tag >> 5) << 8 | (try little(1))
            case 2:
                count = (tag >> 2) + 1
                distance = try little(2)
            default:
                count = (tag >> 2) + 1
                distance = try little(4)
            }
            guard distance > 0, distance <= output.count, output.count + count <= length else { throw .malformed("snappy copy") }
            // Source and target may overlap: the copy then repeats itself.
            let start = output.count - distance
            for index in start..<start + count { output.append(output[index]) }
        }
        guard output.count == length else { throw .malformed("snappy block") }
        return output
    }
}
