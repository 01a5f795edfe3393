import Hummingbird
import AsyncHTTPClient
enum PlatformPlaceholder {}
