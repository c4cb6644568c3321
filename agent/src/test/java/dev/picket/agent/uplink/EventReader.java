package dev.picket.agent.uplink;

import io.cloudevents.SpecVersion;
import io.cloudevents.core.data.BytesCloudEventData;
import io.cloudevents.core.message.impl.BaseGenericBinaryMessageReaderImpl;
import java.util.function.BiConsumer;

/** The MQTT 5 binding of CloudEvents in binary mode, over the SDK's own reader: attributes are user properties. */
final class EventReader extends BaseGenericBinaryMessageReaderImpl<String, String> {
    private static final String CONTENT_TYPE = "content-type";

    private final Subscriber.Got got;

    EventReader(Subscriber.Got got) {
        super(SpecVersion.parse(got.properties().get("specversion")), BytesCloudEventData.wrap(got.payload()));
        this.got = got;
    }

    @Override
    protected boolean isContentTypeHeader(String key) {
        return key.equals(CONTENT_TYPE);
    }

    @Override
    protected boolean isCloudEventsHeader(String key) {
        return !isContentTypeHeader(key);
    }

    @Override
    protected String toCloudEventsKey(String key) {
        return key;
    }

    @Override
    protected void forEachHeader(BiConsumer<String, String> header) {
        header.accept(CONTENT_TYPE, got.raw().getContentType());
        got.properties().forEach(header);
    }

    @Override
    protected String toCloudEventsValue(String value) {
        return value;
    }
}
