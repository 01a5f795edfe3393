import TransactionLog
import Testing
