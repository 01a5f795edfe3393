/// The `log4j.properties` of a server whose operator gave none: a file that rolls, so that an unattended server never
/// fills its disk. What the JVM itself says goes to the console file.
enum LoggingConfiguration {
    static let fileName = "zookeeper.log"

    static let text = """
        log4j.rootLogger=INFO, FILE
        log4j.appender.FILE=org.apache.log4j.RollingFileAppender
        log4j.appender.FILE.File=${zookeeper.log.dir}/\(fileName)
        log4j.appender.FILE.MaxFileSize=10MB
        log4j.appender.FILE.MaxBackupIndex=5
        log4j.appender.FILE.layout=org.apache.log4j.PatternLayout
        log4j.appender.FILE.layout.ConversionPattern=%d{ISO8601} [myid:%X{myid}] - %-5p [%t:%C{1}@%L] - %m%n

        """
}
