import NIOCore

/// What S3 says when it refuses: `<Error><Code>NoSuchKey</Code>...`.
enum S3Failure {
    /// Empty when the answer does not tell.
    static func code(_ response: ObjectResponse) -> String {
        (try? XMLReader.read(response.body.readableBytesView))?.text(of: "Code") ?? ""
    }

    static func error(_ response: ObjectResponse, _ operation: String, _ key: String) -> ObjectStorageError {
        .refused(operation: operation, key: key, status: response.status, code: code(response))
    }
}
