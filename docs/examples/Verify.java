// Verify Anqi's signature in Java 11 or later, with com.standardwebhooks:standardwebhooks on the class path:
// ANQI_SECRET=whsec_… java -cp standardwebhooks.jar Verify.java 8080
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;

public class Verify {
  public static void main(String[] arguments) throws Exception {
    Webhook webhook = new Webhook(System.getenv("ANQI_SECRET"));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), 0);
    server.createContext("/", exchange -> {
      // raw: never parse it first
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      HttpHeaders headers = HttpHeaders.of(exchange.getRequestHeaders(), (name, value) -> true);
      int status = 204;
      try {
        webhook.verify(body, headers);
        System.out.println("accepted " + headers.firstValue("webhook-id").get()); // store it here
      } catch (WebhookVerificationException error) {
        status = 401;
      }
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    });
    server.start();
    System.out.println("listening on " + server.getAddress().getPort());
  }
}
