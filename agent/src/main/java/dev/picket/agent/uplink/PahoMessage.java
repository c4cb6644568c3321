package dev.picket.agent.uplink;

import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** A {@link Message} as Paho wants it: a new one each time, since sending changes it. */
public final class PahoMessage {
    private PahoMessage() {}

    public static MqttMessage of(Message message) {
        MqttProperties properties = new MqttProperties();
        properties.setContentType(Message.CONTENT_TYPE);
        properties.setPayloadFormat(true);
        if (message.expirySeconds() != null) {
            properties.setMessageExpiryInterval(message.expirySeconds());
        }
        if (message.correlation() != null) {
            properties.setCorrelationData(message.correlation());
        }
        if (!message.properties().isEmpty()) {
            properties.setUserProperties(message.properties().stream()
                    .map(p -> new UserProperty(p.getKey(), p.getValue()))
                    .toList());
        }
        return new MqttMessage(message.payload(), 1, message.retained(), properties);
    }
}
