"""The brokers of this machine: Redis and RabbitMQ."""

import os

import pytest
from dramatiq import Broker, DramatiqError
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from pika.exceptions import AMQPError
from redis import RedisError

from hocba.jobs import QUEUE, make_broker

REDIS_URL = os.environ.get("HOCBA_TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
RABBITMQ_URL = os.environ.get("HOCBA_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672/")


def answers(broker: Broker) -> bool:
    """Whether the broker is there; afterwards nothing waits in it."""
    try:
        broker.declare_queue(QUEUE)
        if isinstance(broker, RabbitmqBroker):
            broker.declare_queue(QUEUE, ensure=True)
        broker.flush_all()
    except (RedisError, AMQPError, DramatiqError, OSError):
        return False
    finally:
        broker.close()
    return True


def must_answer(url: str) -> None:
    """Leave the test out when the broker is away, unless services are required."""
    if answers(make_broker(url)):
        return
    assert os.environ.get("HOCBA_TEST_SERVICES") != "required", "the broker is required"
    pytest.skip("the broker does not answer")
