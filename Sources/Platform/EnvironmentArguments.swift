/// Flags of a daemon taken from its environment, as the original's daemons do: `MESOS_WORK_DIR=/x` is `--work_dir=/x`.
///
/// What is put in front of the command line loses against it, because the last value of a flag wins.
public enum EnvironmentArguments {
    /// - prefix: `MESOS_`, `MARATHON_`.
    /// - flags: names without dashes as on the command line (`work_dir`); variables that name no flag are ignored.
    /// - switches: those of the flags that take no value; `true` or `1` (any case) or an empty text sets them.
    public static func expand(
        prefix: String, flags: [String], switches: Set<String> = [], environment: [String: String] = ProcessEnvironment.current
    ) -> [String] {
        flags.sorted().compactMap { flag in
            let variable = prefix + flag.uppercased().map { $0 == "-" ? "_" : $0 }
            guard let value = environment[variable] else { return nil }
            guard switches.contains(flag) else { return "--\(flag)=\(value)" }
            return ["", "1", "true"].contains(value.lowercased()) ? "--\(flag)" : nil
        }
    }
}
