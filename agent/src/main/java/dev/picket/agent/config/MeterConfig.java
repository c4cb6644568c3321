package dev.picket.agent.config;

/**
 * What a metered link may carry, counted in whole MQTT packets that the gateway publishes; 0 is no limit. Only rows wait
 * for it: status, report and replies count and go at once.
 *
 * @param bytesPerSecond how fast rows may go on average
 * @param burstBytes how much may go at once after a quiet time
 * @param bytesPerDay the budget of a day, from midnight UTC; above a tenth of it the report is said less often
 */
public record MeterConfig(
        @Default("0") @Range(max = 1L << 40) long bytesPerSecond,

        @Default("64KiB") @Range(min = 1_024, max = 1L << 40)
        long burstBytes,

        @Default("0") @Range(max = 1L << 50) long bytesPerDay) {}
