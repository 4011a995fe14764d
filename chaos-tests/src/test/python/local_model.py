"""A model server that nobody here wrote: llama.cpp's own, with a tiny model that is made on the spot.

    local_model.py FOLDER

The model has weights by chance, and says words of a small vocabulary that nobody understands, always the same after the same
prompt. Prints the server's URL; it ends when its standard input does.
"""

import pathlib
import sys

import gguf
import numpy
import xllamacpp

CONTEXT, WIDTH, LAYERS, HEADS, INNER = 4096, 64, 2, 4, 128
SYLLABLES = ["ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su", "ta", "ve", "wi", "xo", "zu"]
TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"


def vocabulary():
    """Text, score and type of each token: marks, bytes, and words."""
    yield from [("<unk>", 0.0, gguf.TokenType.UNKNOWN), ("<s>", 0.0, gguf.TokenType.CONTROL)]
    yield "</s>", 0.0, gguf.TokenType.CONTROL
    yield from ((f"<0x{byte:02X}>", 0.0, gguf.TokenType.BYTE) for byte in range(256))
    words = ["\u2581"] + ["\u2581" + one + other for one in SYLLABLES for other in SYLLABLES]
    yield from ((word, -1.0 - number, gguf.TokenType.NORMAL) for number, word in enumerate(words))


def write_model(path):
    tokens, scores, types = zip(*vocabulary())
    said = numpy.array([kind == gguf.TokenType.NORMAL for kind in types])
    chance = numpy.random.default_rng(7)
    model = gguf.GGUFWriter(path, "llama")
    model.add_name("tiny")
    model.add_context_length(CONTEXT)
    model.add_embedding_length(WIDTH)
    model.add_block_count(LAYERS)
    model.add_feed_forward_length(INNER)
    model.add_head_count(HEADS)
    model.add_head_count_kv(HEADS)
    model.add_layer_norm_rms_eps(1e-5)
    model.add_rope_dimension_count(WIDTH // HEADS)
    model.add_vocab_size(len(tokens))
    model.add_tokenizer_model("llama")
    model.add_token_list(tokens)
    model.add_token_scores(scores)
    model.add_token_types(types)
    model.add_unk_token_id(0)
    model.add_bos_token_id(1)
    model.add_eos_token_id(2)
    model.add_chat_template(TEMPLATE)

    def weights(*shape):
        return chance.normal(0, 0.3, shape).astype(numpy.float32)

    def add(name, values):
        model.add_tensor(name + ".weight", values)

    add("token_embd", weights(len(tokens), WIDTH))
    add("output_norm", numpy.ones(WIDTH, dtype=numpy.float32))
    # Marks and bytes get nothing, so that some word always gets more.
    add("output", weights(len(tokens), WIDTH) * said[:, None].astype(numpy.float32))
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        add(block + "attn_norm", numpy.ones(WIDTH, dtype=numpy.float32))
        add(block + "ffn_norm", numpy.ones(WIDTH, dtype=numpy.float32))
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            add(block + name, weights(WIDTH, WIDTH))
        for name in ("ffn_gate", "ffn_up"):
            add(block + name, weights(INNER, WIDTH))
        add(block + "ffn_down", weights(WIDTH, INNER))
    model.write_header_to_file()
    model.write_kv_data_to_file()
    model.write_tensors_to_file()
    model.close()


def main(folder):
    path = str(pathlib.Path(folder) / "tiny.gguf")
    write_model(path)
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.n_threads_http = 4
    params.warmup = False
    params.endpoint_metrics = True
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


main(sys.argv[1])
