/// The version that clients of Exhibitor see: of the interface which we are compatible with.
enum ExhibitorVersion {
    static let current = "1.5.6"
}
