"""Stand-ins for the Standard Webhooks libraries of Go and Java, which no registry of the machines that test has.

They have the names, types and errors that the examples use, and verify as the specification says. So the examples are
compiled and run; that the libraries verify likewise is their own claim.
"""

from pathlib import Path

GO_MODULE = "github.com/standard-webhooks/standard-webhooks/libraries"
GO = """package standardwebhooks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
)

type Webhook struct{ secret []byte }

func NewWebhook(text string) (*Webhook, error) {
	secret, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "whsec_"))
	return &Webhook{secret}, err
}

func (webhook *Webhook) Verify(body []byte, headers http.Header) error {
	sum := hmac.New(sha256.New, webhook.secret)
	sum.Write([]byte(headers.Get("webhook-id") + "." + headers.Get("webhook-timestamp") + "."))
	sum.Write(body)
	wanted := "v1," + base64.StdEncoding.EncodeToString(sum.Sum(nil))
	for _, given := range strings.Fields(headers.Get("webhook-signature")) {
		if hmac.Equal([]byte(given), []byte(wanted)) {
			return nil
		}
	}
	return errors.New("no matching signature")
}
"""
JAVA_EXCEPTION = """package com.standardwebhooks.exceptions;

public class WebhookVerificationException extends Exception {}
"""
JAVA = """package com.standardwebhooks;

import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.net.http.HttpHeaders;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public final class Webhook {
  private final byte[] secret;

  public Webhook(String text) {
    secret = Base64.getDecoder().decode(text.replaceFirst("^whsec_", ""));
  }

  public void verify(String body, HttpHeaders headers) throws WebhookVerificationException {
    String signed = headers.firstValue("webhook-id").get() + "." + headers.firstValue("webhook-timestamp").get() + "." + body;
    String wanted;
    try {
      Mac sum = Mac.getInstance("HmacSHA256");
      sum.init(new SecretKeySpec(secret, "HmacSHA256"));
      wanted = "v1," + Base64.getEncoder().encodeToString(sum.doFinal(signed.getBytes("UTF-8")));
    } catch (Exception error) {
      throw new IllegalStateException(error);
    }
    if (!List.of(headers.firstValue("webhook-signature").get().split(" ")).contains(wanted)) {
      throw new WebhookVerificationException();
    }
  }
}
"""


def lay_go(folder: Path) -> None:
    """Write a module for the example, in which the library is the stand-in."""
    (folder / "stand_in" / "go").mkdir(parents=True)
    (folder / "stand_in" / "go.mod").write_text(f"module {GO_MODULE}\n\ngo 1.19\n")
    (folder / "stand_in" / "go" / "webhook.go").write_text(GO)
    lines = ("module example", "go 1.19", f"require {GO_MODULE} v0.0.0", f"replace {GO_MODULE} => ./stand_in")
    (folder / "go.mod").write_text("\n\n".join(lines) + "\n")


def lay_java(folder: Path) -> list[str]:
    """Write the stand-in; return its files, to be compiled."""
    package = folder / "com" / "standardwebhooks"
    (package / "exceptions").mkdir(parents=True)
    files = {
        package / "Webhook.java": JAVA,
        package / "exceptions" / "WebhookVerificationException.java": JAVA_EXCEPTION,
    }
    for path, text in files.items():
        path.write_text(text)
    return [str(path) for path in files]
