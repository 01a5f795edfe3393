import ObjectStorage
import Testing
