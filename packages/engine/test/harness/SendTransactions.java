import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Kafka's own producer: sends transactions of one message each in every compression that asks for a library.
 * Arguments: broker, topic, value (END is replaced), then how each transaction ends: commit or abort.
 */
class SendTransactions {
  public static void main(String[] arguments) {
    for (String compression : new String[] {"snappy", "lz4", "zstd"}) {
      Map<String, Object> settings = Map.of(
          "bootstrap.servers", arguments[0],
          "transactional.id", compression,
          "compression.type", compression,
          "key.serializer", StringSerializer.class,
          "value.serializer", StringSerializer.class);
      try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) {
        producer.initTransactions();
        for (int place = 3; place < arguments.length; place++) {
          producer.beginTransaction();
          String value = arguments[2].replace("END", compression + " " + arguments[place]);
          producer.send(new ProducerRecord<>(arguments[1], value));
          producer.flush();
          if (arguments[place].equals("commit")) producer.commitTransaction();
          else producer.abortTransaction();
        }
      }
    }
  }
}
