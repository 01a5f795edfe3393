import EnsembleModel

/// The switches of this instance, kept in its preferences file so that they survive a restart of the manager.
public actor SwitchStore {
    private static let prefix = "com.netflix.exhibitor.control-panel."

    private let path: String
    private var properties: JavaProperties

    /// Reads the file; all switches are on when there is none.
    public init(path: String) async {
        self.path = path
        let text = try? await ServerThread.run { FileAccess.text(path) }
        properties = JavaProperties(parsing: (text ?? nil) ?? "")
    }

    public func isOn(_ control: ControlSwitch) -> Bool {
        properties[Self.prefix + control.rawValue]?.lowercased() != "false"
    }

    /// - Throws: `ServerStartError.file` when the file cannot be written; the switch then keeps its old place.
    public func set(_ control: ControlSwitch, to isOn: Bool) async throws {
        var changed = properties
        changed.values[Self.prefix + control.rawValue] = isOn ? "true" : "false"
        let text = changed.text
        let path = path
        // Set before the write: two changes at once must not undo each other.
        let before = properties
        properties = changed
        do {
            try await ServerThread.run { try FileAccess.write(text, to: path) }
        } catch {
            properties = before
            throw error
        }
    }
}
