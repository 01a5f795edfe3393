public import AppModel

/// What came of an offer.
public struct OfferMatch: Sendable, Hashable {
    /// In the order in which they were matched; none = decline.
    public var launches: [Launch]
    /// The apps that wanted more but found no use for the offer, or no more use.
    public var rejections: [AppID: [RejectionReason]]
    /// The limit of tasks was reached while apps still wanted more: decline the rest for a short time only.
    public var isCutShort: Bool
}
