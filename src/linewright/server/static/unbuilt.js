// The key stands behind the # of the address: the other page needs it, too.
document.getElementById("old").href = `/old${location.hash}`;
