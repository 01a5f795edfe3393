import Glibc

/// Load and memory of this machine, for `/system/stats.json` and the metrics (contracts/mesos.md §5).
struct SystemFigures: Sendable {
    var cpus: Int
    /// 1, 5 and 15 minutes.
    var load: [Double]
    /// Bytes.
    var memoryTotal: Int
    var memoryFree: Int

    /// Asks the kernel; no file is read, so nothing blocks.
    static func current() -> SystemFigures {
        var load = [0.0, 0.0, 0.0]
        _ = getloadavg(&load, 3)
        let page = sysconf(Int32(_SC_PAGESIZE))
        return SystemFigures(
            cpus: sysconf(Int32(_SC_NPROCESSORS_ONLN)), load: load, memoryTotal: sysconf(Int32(_SC_PHYS_PAGES)) * page,
            memoryFree: sysconf(Int32(_SC_AVPHYS_PAGES)) * page)
    }

    func writeMetrics(to json: inout JSONText) {
        json.member("system/cpus_total", cpus)
        for (name, value) in zip(["1min", "5min", "15min"], load) { json.member("system/load_\(name)", value) }
        json.member("system/mem_total_bytes", memoryTotal)
        json.member("system/mem_free_bytes", memoryFree)
    }

    /// `GET /system/stats.json`.
    func document() -> [UInt8] {
        var json = JSONText()
        json.object { json in
            for (name, value) in zip(["1min", "5min", "15min"], load) { json.member("avg_load_\(name)", value) }
            json.member("cpus_total", cpus)
            json.member("mem_total_bytes", memoryTotal)
            json.member("mem_free_bytes", memoryFree)
        }
        return json.bytes
    }
}
